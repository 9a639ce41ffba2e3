"""The archive: whether it is there, opens, and is held by somebody else."""

from pathlib import Path

from rich.filesize import decimal

from bot.clock import utc
from bot.container import Services
from bot.errors import ArchiveBusy, StoreError
from bot.messages.problems import render
from bot.messages.problems.archive import mend
from bot.monitoring.checks import Check, State
from bot.monitoring.health import archive_bytes
from bot.problems import Code, Problem
from bot.store import rules, upkeep
from bot.store.archive_lock import ArchiveLock, require_writable
from bot.store.upkeep import Result, Task


def missing(path: Path) -> Check:
    return Check(
        "archive",
        State.HINT,
        f"There is no archive at {path} yet.",
        "Nothing: the bot makes it when it starts, `hotpapers daily` at once.",
    )


def unusable(error: StoreError) -> Check:
    words = render(error.problem)
    is_held = isinstance(error, ArchiveBusy) or error.problem.arguments.get("kind") == "SQLITE_BUSY"
    message = f"Another process holds the archive: {words}" if is_held else words
    fix = mend(error.problem) or "Restore a backup with `hotpapers restore`."
    return Check("archive", State.PROBLEM, message, fix)


def holders(path: Path) -> list[Check]:
    """Nobody may start a second bot while one runs, which is as it should be."""
    holder = ArchiveLock(path)
    if not holder.is_held():
        return []
    who = holder.who()
    if who is not None and who.what == "run":
        return [Check("holder", State.OK, f"The bot runs: {who}.")]
    return [
        Check(
            "holder",
            State.HINT,
            f"The archive is held by {who or 'another process'}.",
            "If that is your bot, all is well. To run it here instead, stop that one first.",
        )
    ]


def broken(path: Path, error: Exception) -> Check:
    """A part of the examination failed because of what the archive holds."""
    problem = (
        error.problem
        if isinstance(error, StoreError)
        else Problem(Code.ARCHIVE_UNREADABLE, path=path, error=repr(error))
    )
    fix = mend(problem) or "`hotpapers archive check` names what is wrong with it."
    return Check("archive.contents", State.PROBLEM, render(problem), fix)


async def unreadable(services: Services) -> list[Check]:
    """The digests that are suspended because what is stored of them cannot be read."""
    return [
        Check(
            f"digest:{rule.rule_id}",
            State.PROBLEM,
            f"Digest {rule.rule_id} is suspended: {render(rule.unreadable)}",
            "`hotpapers archive check` names the row; a backup may have it whole.",
        )
        for rule in await services.archive.read(rules.of_servers)
        if rule.unreadable
    ]


async def upkeep_checks(services: Services) -> list[Check]:
    """What the running bot found when it backed the archive up, or looked whether it is whole."""
    results = await services.archive.read(upkeep.results)
    if services.config.settings.backup.every == "never":
        results.pop(Task.BACKUP, None)
    return [_upkeep_check(task, result) for task, result in results.items()]


def _upkeep_check(task: Task, result: Result) -> Check:
    at = utc(result.tried_at)
    if result.problem is None:
        well = {
            Task.BACKUP: f"The last scheduled backup, of {at}, is whole.",
            Task.CHECK: f"The archive was whole when the bot last looked, on {at}.",
        }
        return Check(f"archive.{task}", State.OK, well[task])
    failed = {
        Task.BACKUP: "The last scheduled backup failed",
        Task.CHECK: "The bot looked at the archive",
    }
    return Check(
        f"archive.{task}",
        State.PROBLEM,
        f"{failed[task]}, on {at}: {render(result.problem)}",
        mend(result.problem) or "Mend that; the bot tries again by itself.",
    )


def opened(services: Services) -> Check:
    try:
        require_writable(services.archive.path)
    except StoreError as error:
        return unusable(error)
    size = decimal(archive_bytes(services.archive.path))
    return Check("archive", State.OK, f"{services.archive.path} opens ({size}).")
