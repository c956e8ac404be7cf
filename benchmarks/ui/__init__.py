"""The kiosk as its measure drives it, beside the same pages in a browser."""
