"""What the kiosk and the server must agree on: messages, sealing, signatures, codes, pack layout.

Imports nothing else of this project, so that both ends can stand on it.
"""

#: What this program speaks. It rises when a peer that knows only the version before would misunderstand something; whatever is
#: merely added (members, paths, values) leaves it as it is. See ``line.versions`` for how two peers agree.
PROTOCOL_VERSION = 2
#: Versions that are understood. Two at any time: a server may be updated before or after its kiosks.
SUPPORTED_VERSIONS = frozenset({PROTOCOL_VERSION - 1, PROTOCOL_VERSION})
#: Header on every request of a kiosk that names the version it speaks, and on the answers to it: all that the server understands.
VERSION_HEADER = "Ekios-Protocol"
