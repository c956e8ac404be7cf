"""What the kiosk gets: its feed, commands, packs, public documents, checkpoints."""
