"""The officers' pages: the inbox, one case, what citizens sent, what they say."""
