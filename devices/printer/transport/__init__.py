"""Ways to a printer, each with deadlines for connecting, writing and reading; opened anew for each job."""

from devices.printer.transport.base import Connection, LineFault, Transport
from devices.printer.transport.file import FileTransport
from devices.printer.transport.network import NetworkTransport
from devices.printer.transport.serial import SerialTransport
from devices.printer.transport.usb import UsbTransport

__all__ = [
    "Connection",
    "FileTransport",
    "LineFault",
    "NetworkTransport",
    "SerialTransport",
    "Transport",
    "UsbTransport",
]
