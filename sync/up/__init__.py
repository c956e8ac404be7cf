"""What the kiosk sends: envelopes, attachments, drafts, reports."""
