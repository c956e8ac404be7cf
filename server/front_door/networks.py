"""Addresses and networks by name, as settings hold them."""

import ipaddress
from typing import Final


class Networks:
    """Addresses and networks by name: ``10.0.0.7, 192.168.4.0/24``. Raises ValueError."""

    def __init__(self, named: str) -> None:
        names = [one.strip() for one in named.split(",") if one.strip()]
        self.names: Final = tuple(names)
        self._networks = [ipaddress.ip_network(name) for name in names]

    def __contains__(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)
