"""The parts of ``protocol.messages``, which is what others import."""
