"""What people see and touch: the look, the citizen's screens and the staff's, on Kivy."""
