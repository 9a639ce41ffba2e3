"""Looks at everything that can keep a digest from its channel, and says how to fix it.

``examine`` changes nothing, posts nothing and registers nothing. Each part that can fail is a
check of its own; none keeps the others from being looked at.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager

from bot import time_zones
from bot.cli.doctor import archive, discord_api, guilds, sources
from bot.clock import Clock
from bot.config import Config, logs
from bot.container import Services, services
from bot.errors import StoreError
from bot.monitoring import host_checks
from bot.monitoring.checks import Check, State


async def examine(config: Config, clock: Clock) -> tuple[Check, ...]:
    """In the order in which to fix them: the machine, the archive, Discord, the sources."""
    for name in config.secrets.__struct_fields__:
        logs.hide(getattr(config.secrets, name))
    logs.hide_passwords(config.settings.http.proxy, config.settings.discord.proxy)
    now = clock.now()
    checks = [
        *host_checks.settings(config),
        host_checks.disk(config.archive.parent),
        *archive.holders(config.archive),
        host_checks.zones(now, time_zones.version_in_force()),
        *host_checks.tables(now, config.settings.arxiv.deferred),
    ]
    async with _opened(config, clock, checks) as opened:
        if opened is not None:
            checks += await _of_archive(archive.unreadable(opened), config)
            checks += await _of_archive(archive.upkeep_checks(opened), config)
        checks += await discord_api.examine(config, clock)
        unknown = any(
            check.name in ("discord", "token") and check.state is State.PROBLEM for check in checks
        )
        if config.secrets.discord_token and not unknown:
            checks += await _of_archive(guilds.examine(config, opened), config)
        if opened is not None:
            checks += await _of_archive(sources.examine(opened), config)
    return tuple({check.name: check for check in checks}.values())


async def _of_archive(part: Awaitable[list[Check]], config: Config) -> list[Check]:
    """An edge: what a damaged archive holds must not keep the rest from being looked at."""
    try:
        return await part
    except Exception as error:
        return [archive.broken(config.archive, error)]


@asynccontextmanager
async def _opened(
    config: Config, clock: Clock, checks: list[Check]
) -> AsyncIterator[Services | None]:
    """The archive, if there is one that opens; what is to be said about it goes to ``found``."""
    if not config.archive.exists():
        checks.append(archive.missing(config.archive))
        yield None
        return
    async with AsyncExitStack() as stack:
        opened = None
        try:
            opened = await stack.enter_async_context(services(config, clock, create=False))
            checks.append(archive.opened(opened))
        except StoreError as error:
            checks.append(archive.unusable(error))
        yield opened
