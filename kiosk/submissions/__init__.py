"""From answers to a sealed envelope and its slip."""
