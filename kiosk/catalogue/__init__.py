"""Services of the pack in force: found, described, priced."""
