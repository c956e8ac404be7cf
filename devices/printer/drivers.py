"""The allow-list of ways to a printer."""

from __future__ import annotations

from pathlib import Path

from devices.frame import Condition, PermanentFault
from devices.frame.drivers import Drivers
from devices.printer.settings import PrinterSettings
from devices.printer.transport import FileTransport, NetworkTransport, SerialTransport, Transport, UsbTransport
from devices.printer.transport.network import PORT

HIGHEST_PORT = 65_535


def split_address(address: str) -> tuple[str, int]:
    """``host``, ``host:port`` or ``[v6]:port`` taken apart.

    Raises:
        PermanentFault: CONFIGURATION_ERROR when it is none of them.
    """
    if address.startswith("["):
        host, _, rest = address[1:].partition("]")
        port = rest.removeprefix(":")
    elif address.count(":") > 1:
        host, port = address, ""
    else:
        host, _, port = address.partition(":")
    number = int(port) if port.isascii() and port.isdigit() else PORT
    if not host or (port and not port.isdigit()) or not 0 < number <= HIGHEST_PORT:
        raise PermanentFault(Condition.CONFIGURATION_ERROR, f"no address of a printer: {address!r}")
    return host, number


def _network(settings: PrinterSettings) -> Transport:
    return NetworkTransport(*split_address(settings.address))


def _usb(settings: PrinterSettings) -> Transport:
    return UsbTransport(settings.address)


def _serial(settings: PrinterSettings) -> Transport:
    return SerialTransport(settings.address, settings.baud_rate)


def _file(settings: PrinterSettings) -> Transport:
    return FileTransport(Path(settings.address))


def printer_drivers() -> Drivers[PrinterSettings, Transport]:
    """What the setting ``driver`` may name."""
    return Drivers("printer", {"network": _network, "usb": _usb, "serial": _serial, "file": _file})
