"""The kiosks: how they join, what they report, what they are asked to do, what is wrong with them."""
