"""What field staff do at kiosks, as far as it is more than a visit: orders on their way to a kiosk, readiness reports."""
