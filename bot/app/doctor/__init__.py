"""Looks at everything that can keep a digest from its channel, and says what would mend it.

``examine`` changes nothing, posts nothing and registers nothing. Each part that can fail is a
finding; none keeps the others from being looked at.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager

from bot import log
from bot.app import machine
from bot.app.doctor import answers, archives, discords, servers
from bot.app.findings import Finding, State
from bot.app.services import Services, services
from bot.clock import Clock
from bot.config import Config
from bot.errors import StoreError

__all__ = ["examine"]


async def examine(config: Config, clock: Clock) -> tuple[Finding, ...]:
    """In the order in which to mend them: the machine, the archive, Discord, the sources."""
    for name in config.secrets.__struct_fields__:
        log.hide(getattr(config.secrets, name))
    now = clock.now()
    found = [
        *machine.settings(config),
        machine.disk(config.archive.parent),
        *archives.holders(config.archive),
        *machine.tables(now, config.settings.arxiv.deferred),
    ]
    async with _opened(config, clock, found) as opened:
        if opened is not None:
            found += await _of_archive(archives.unreadable(opened), config)
        found += await discords.examine(config, clock)
        if config.secrets.discord_token and not _is_problem(found, "discord", "token"):
            found += await _of_archive(servers.examine(config, opened), config)
        if opened is not None:
            found += await _of_archive(answers.examine(opened), config)
    return tuple({finding.name: finding for finding in found}.values())


async def _of_archive(part: Awaitable[list[Finding]], config: Config) -> list[Finding]:
    """An edge: what a damaged archive holds must not keep the rest from being looked at."""
    try:
        return await part
    except Exception as error:
        return [archives.broken(config.archive, error)]


@asynccontextmanager
async def _opened(
    config: Config, clock: Clock, found: list[Finding]
) -> AsyncIterator[Services | None]:
    """The archive, if there is one that opens; what is to be said about it goes to ``found``."""
    if not config.archive.exists():
        found.append(archives.missing(config.archive))
        yield None
        return
    async with AsyncExitStack() as stack:
        opened = None
        try:
            opened = await stack.enter_async_context(services(config, clock, create=False))
            found.append(archives.opened(opened))
        except StoreError as error:
            found.append(archives.unusable(error))
        yield opened


def _is_problem(found: list[Finding], *names: str) -> bool:
    return any(f.name in names and f.state is State.PROBLEM for f in found)
