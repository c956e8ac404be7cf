"""The widgets of the design system, each with its rules beside it."""
