"""``make demo``: a citizen's whole visit by real touches, then an officer in a real browser, then the citizen again."""
