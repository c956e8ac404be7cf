"""The kiosk's voice, and how what is written is read out."""
