"""Telling systemd that the service is there (``sd_notify(3)``); nothing where it does not ask."""

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Send a state, as ``READY=1``, to whoever started the service and wants to know."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.sendto(state.encode(), "\0" + address[1:] if address[0] == "@" else address)
