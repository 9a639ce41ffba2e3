"""What systemd is told of a service of ``Type=notify``: that it has started, and that it is alive.

The protocol is one datagram to the socket that NOTIFY_SOCKET names (sd_notify(3)).
"""

import asyncio
import os
import socket
from collections.abc import Mapping


def notify(state: str, environ: Mapping[str, str] = os.environ) -> None:
    """Send ``READY=1``, ``WATCHDOG=1`` or the like; nothing where systemd does not listen."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.sendto(state.encode(), address)
        except OSError:  # a bot that runs is better than one that ends for want of a listener
            return


async def stay_alive(environ: Mapping[str, str] = os.environ) -> None:
    """As long as the event loop turns, tell so twice in the time that systemd waits for."""
    seconds = int(environ.get("WATCHDOG_USEC") or 0) / 1_000_000
    while seconds:
        notify("WATCHDOG=1", environ)
        await asyncio.sleep(seconds / 2)
