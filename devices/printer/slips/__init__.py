"""What a slip is, and its way to lines and bytes."""
