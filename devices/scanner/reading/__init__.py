"""From a picture to the texts of the codes in it; never a wrong one."""
