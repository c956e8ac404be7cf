"""The simulated bench: what lies before the camera, what the scanner types, and a page to drive them."""
