"""Taking in what kiosks send: envelopes, attachments, drafts."""
