"""Field staff and what they do at a kiosk, in the words that kiosk and server share."""
