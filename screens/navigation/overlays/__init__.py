"""What lies over a page for a while and gives it back: an enlarged photo, a question before people go, measuring a switch."""
