"""The API for kiosks, version 1: the paths of ``protocol.messages``, and the operator's."""
