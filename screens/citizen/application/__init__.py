"""From the identity to the review: the pages on which a form is filled in."""
