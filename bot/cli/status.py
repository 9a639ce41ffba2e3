"""How the sources, the digests and the archive do: status."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.filesize import decimal
from rich.markup import escape

from bot.cli.context import Context, json_option, pass_context, print_json, run
from bot.clock import Clock, utc
from bot.config import Config
from bot.errors import HotpapersError, StoreError
from bot.messages import common
from bot.messages.problems import render
from bot.output import terminal
from bot.output.json import stamp
from bot.problems import Code, Problem
from bot.store.archive_lock import ArchiveLock, Who
from bot.store.upkeep import Result, Task

if TYPE_CHECKING:
    from bot.monitoring.health import Health


@click.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:
    """How the program, the sources, the digests and the archive do.

    Which process is at work, last success, lag and quota of each source, the next digests, and
    what was delivered.
    """
    lock = ArchiveLock(context.config.archive)
    found, alive_at = run(_status(context.config, context.clock))
    process = lock.who() if lock.is_held() else None
    if as_json:
        from bot.monitoring.health import document

        print_json({"process": _process(process, alive_at), **document(found)})
    else:
        terminal.console().print(escape(_at_work(process, alive_at, found.at)))
        _show(context, found)


async def _status(config: Config, clock: Clock) -> tuple["Health", datetime | None]:
    """With when deliveries were last looked after."""
    from bot.delivery.notices import alive_at
    from bot.monitoring.health import health
    from bot.store import Archive

    async with await Archive.open(config.archive, create=False) as archive:
        try:
            return await health(archive, config, clock), await archive.read(alive_at)
        except HotpapersError:
            raise
        except Exception as error:  # an edge: what a damaged archive holds can be anything
            problem = Problem(Code.ARCHIVE_UNREADABLE, path=archive.path, error=repr(error))
            raise StoreError(problem) from error


def _process(process: Who | None, alive_at: datetime | None) -> dict[str, object] | None:
    """None when no process is at work on the archive."""
    if process is None:
        return None
    return {
        "command": process.what,
        "pid": process.pid,
        "host": process.host,
        "since": stamp(process.since),
        "last_tick": stamp(alive_at) if alive_at else None,
    }


def _at_work(process: Who | None, alive_at: datetime | None, now: datetime) -> str:
    if process is None:
        return "Nobody is at work on the archive. 'hotpapers run' starts the bot."
    tick = f" · last looked after digests {_ago(now - alive_at)}" if alive_at else ""
    return f"At work: {process}{tick}"


def _show(context: Context, found: "Health") -> None:
    from bot.monitoring.health import source_lines

    out = terminal.console()
    out.print(f"[bold]hotpapers {found.version}[/bold] · {utc(found.at)}")
    out.print(f"Archive: {escape(str(found.archive))} ({decimal(found.archive_bytes)})")
    still_open = ", ".join(map(str, found.open_days)) or "none"
    out.print(f"Days: newest closed {found.newest_closed or 'none'}, open {still_open}")
    out.print("[bold]Sources[/bold]")
    for line in source_lines(found.sources, lambda at: f"last success {_ago(found.at - at)}"):
        said = "; ".join(filter(None, (line.status, line.success, line.reason)))
        terminal.hung("  ", escape(f"{line.who}: {context.addressed(said)}"), out)
    out.print("[bold]Next digests[/bold]")
    for slot in found.slots:
        out.print(f"  {utc(slot.at)}: digest {slot.rule_id} in channel {slot.channel_id}")
    rules = ", ".join(f"{count} {name}" for name, count in found.rules.items())
    out.print(f"Digests set up: {rules}")
    for rule in found.unreadable:
        reason = render(rule.unreadable) if rule.unreadable else ""
        said = f"digest {rule.rule_id} is suspended: {context.addressed(reason)}"
        terminal.hung("  ", escape(said), out)
    for task, result in found.upkeep.items():
        terminal.hung("", escape(context.addressed(_upkeep(task, result, found.at))), out)
    sent = ", ".join(f"{count} {state}" for state, count in sorted(found.deliveries.items()))
    out.print(f"Messages: {sent or 'none yet'}")


def _upkeep(task: Task, result: Result, now: datetime) -> str:
    name = {Task.BACKUP: "Last scheduled backup", Task.CHECK: "Archive last checked"}[task]
    good = f"{name}: {_ago(now - result.succeeded_at)}" if result.succeeded_at else f"{name}: never"
    if result.problem is None:
        return f"{good}, whole"
    return f"{good}; tried {_ago(now - result.tried_at)}: {render(result.problem)}"


def _ago(lag: timedelta) -> str:
    seconds = max(0, round(lag.total_seconds()))
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{common.counted(seconds // length, name)} ago"
    return f"{common.counted(seconds, 'second')} ago"


COMMANDS = (status,)
