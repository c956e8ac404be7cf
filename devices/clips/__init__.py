"""Silent clips: decoded in a process of their own, frame by frame, for a widget that shows the newest one."""
