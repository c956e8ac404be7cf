"""What a request passes before anything is done for it: connections, limits, quotas, clocks."""
