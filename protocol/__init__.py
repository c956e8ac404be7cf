"""What the kiosk and the server must agree on: messages, sealing, signatures, codes, pack layout.

Imports nothing else of this project, so that both ends can stand on it.
"""

PROTOCOL_VERSION = 1
#: Versions a server understands. Two at any time: it may be updated before or after its kiosks.
SUPPORTED_VERSIONS = frozenset({1})
#: Header on every request of a kiosk that names the version it speaks.
VERSION_HEADER = "Ekios-Protocol"
