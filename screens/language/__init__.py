"""The words on the screens, and how dates, times and amounts are written."""
