"""The field staff's pages: sign in with badge and PIN, see how the kiosk is, restock, test, take out of service."""
