"""What every part of the server stands on: the log, the feed, hints, keys, time, files."""
