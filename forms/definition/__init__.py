"""A form as it is written: read once, never changed, shared by all its sessions."""
