"""Telling who started this process that it is ready, or ends (systemd's ``Type=notify``)."""

from __future__ import annotations

import os
import socket

from vigie.base.logging import get_logger

READY, STOPPING = "READY=1", "STOPPING=1"
_AT = "NOTIFY_SOCKET"
log = get_logger(__name__)


def tell_supervisor(state: str) -> bool:
    """Tell the service manager a state; returns whether there is one that was told."""
    address = os.environ.get(_AT, "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # an abstract socket of Linux
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect(address)
            line.sendall(state.encode("ascii"))
    except OSError as error:
        log.warning("the service manager was not told", state=state, reason=str(error))
        return False
    return True
