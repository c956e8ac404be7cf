"""Cases: opened, worked on, shown to the citizen, watched by clocks."""
