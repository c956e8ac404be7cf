"""Where somebody is, where they can go, and what a session does on its way. Knows nothing of Kivy."""
