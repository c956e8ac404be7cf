"""Who works here: officers, field staff, their passwords."""
