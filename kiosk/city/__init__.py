"""What the city tells and asks everybody: notices, times, budget, ratings."""
