"""Where scans come from: a wedge, a serial line, the camera, the simulated one."""
