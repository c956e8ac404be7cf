"""Where somebody is, where they can go, and what a visit does on its way. Knows nothing of Kivy."""
