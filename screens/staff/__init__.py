"""The field staff's rooms: sign in with badge and PIN, see how the kiosk is, restock, test, take out of service."""
