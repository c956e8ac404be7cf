"""The kiosks: how they join, what they tell, what they are told, what is wrong with them."""
