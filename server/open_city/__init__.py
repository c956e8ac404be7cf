"""What the city tells everybody: its times, its budget, its notices, its ratings."""
