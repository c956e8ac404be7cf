"""The API for kiosks, version 1: the paths of ``sync.protocol.messages``, and the operator's."""
