"""The archive: whether it is there, opens, and is held by somebody else."""

from pathlib import Path

from rich.filesize import decimal

from bot.app.findings import Finding, State
from bot.app.health import archive_bytes
from bot.app.services import Services
from bot.errors import ArchiveBusy, StoreError
from bot.store.holder import Holder, require_writable


def missing(path: Path) -> Finding:
    return Finding(
        "archive",
        State.HINT,
        f"There is no archive at {path} yet.",
        "Nothing: the bot makes it when it starts, `hotpapers daily` at once.",
    )


def unusable(error: StoreError) -> Finding:
    is_held = isinstance(error, ArchiveBusy) or "locked" in error.said
    says = f"Another process holds the archive: {error.said}" if is_held else error.said
    mend = error.mend or "Restore a backup with `hotpapers restore`."
    return Finding("archive", State.PROBLEM, says, mend)


def holders(path: Path) -> list[Finding]:
    """Nobody may start a second bot while one runs, which is as it should be."""
    holder = Holder(path)
    if not holder.is_held():
        return []
    return [
        Finding(
            "holder",
            State.HINT,
            f"The archive is held by {holder.who() or 'another process'}.",
            "If that is your bot, all is well. To run it here instead, stop that one first.",
        )
    ]


def opened(found: Services) -> Finding:
    try:
        require_writable(found.archive.path)
    except StoreError as error:
        return unusable(error)
    size = decimal(archive_bytes(found.archive.path))
    return Finding("archive", State.OK, f"{found.archive.path} opens ({size}).")
