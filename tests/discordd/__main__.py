"""`python -m tests.discordd`: the server as a process of its own.

Prints one line of JSON with its addresses and the token, then serves until SIGINT or SIGTERM.
"""

import asyncio
import signal
import sys
from pathlib import Path

import click

from tests.discordd import worlds
from tests.discordd.control import Control
from tests.discordd.server import LoopbackDiscord
from tests.discordd.settings import Settings
from tests.discordd.wire import encode


@click.command()
@click.option("--port", type=int, default=0, help="0: any free one.")
@click.option("--world", "plan", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--guilds", type=int, default=0, help="So many guilds of --channels and --roles.")
@click.option("--channels", type=int, default=1)
@click.option("--roles", type=int, default=0)
@click.option("--latency", type=float, default=0.0, help="Seconds of each answer.")
@click.option("--ratelimits/--no-ratelimits", default=False)
@click.option("--openapi/--no-openapi", default=True)
@click.option("--shards", type=int, default=1)
@click.option("--log", "log_to", type=click.Path(path_type=Path), help="JSON lines, at the end.")
def main(
    port: int,
    plan: Path | None,
    guilds: int,
    channels: int,
    roles: int,
    latency: float,
    ratelimits: bool,
    openapi: bool,
    shards: int,
    log_to: Path | None,
) -> None:
    """Discord on the loopback address."""
    server = LoopbackDiscord(Settings(latency=latency, openapi=openapi, shards=shards))
    server.ratelimits.enabled = ratelimits
    if plan:
        worlds.fill(server, worlds.read_plan(plan.read_bytes()))
    if guilds:
        worlds.generate(server.world, worlds.Crowd(guilds, channels=channels, roles=roles))
    asyncio.run(_serve(server, port))
    if log_to:
        server.write_log(log_to)


async def _serve(server: LoopbackDiscord, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.start(port, extra=Control(server).routes())
    addresses = {"api_url": server.api_url, "control_url": server.control_url}
    sys.stdout.write(encode({**addresses, "token": server.settings.token}).decode() + "\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop()


if __name__ == "__main__":
    main()
