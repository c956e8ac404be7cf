"""A fleet's days in a time of their own: real kiosks, real lines, a real server, and everything that goes wrong."""
