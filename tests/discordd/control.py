"""`/_test/...`: the same things for a test or benchmark in another process."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.discordd.server import LoopbackDiscord


def control_routes(server: "LoopbackDiscord") -> list[web.RouteDef]:
    return []
