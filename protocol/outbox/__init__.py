"""What waits in a kiosk's outbox: the words for why, and the file in which it can be carried to the city."""
