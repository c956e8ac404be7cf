"""Cases: opened, worked on, told to the citizen, watched by clocks."""
