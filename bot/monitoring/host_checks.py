"""This machine: settings, rights of files, disk, and how far the shipped tables reach."""

import shutil
import stat
import tempfile
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.filesize import decimal

from bot.arxiv import calendar
from bot.config import ENVIRONMENT_FILE, Config
from bot.monitoring.checks import Check, State

MEGABYTE = 10**6
# A mailing day adds a few megabytes; SQLite needs as much again while it writes.
FULL = 100 * MEGABYTE
NEARLY_FULL = 1000 * MEGABYTE
# The table of evenings without an announcement should reach this far ahead.
AHEAD = timedelta(days=14)


def settings(config: Config) -> list[Check]:
    found = []
    file = config.file or "config.toml"
    if not config.settings.bot.contact:
        found.append(
            Check(
                "contact",
                State.HINT,
                "No contact is set, so arXiv cannot write to anybody before it blocks requests.",
                f"Set `contact` under [bot] in {file} to your e-mail address or a page of yours.",
            )
        )
    folder = config.file.resolve().parent if config.file else Path.cwd()
    secret = folder / ENVIRONMENT_FILE
    if secret.exists() and secret.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        found.append(
            Check(
                "secret file",
                State.PROBLEM,
                f"Others on this machine can read {ENVIRONMENT_FILE}, which holds secrets.",
                f"chmod 600 {secret}",
            )
        )
    return found


def disk(folder: Path, free_bytes: Callable[[Path], int] | None = None) -> Check:
    """Whether the archive's ``folder`` has room and can be written to."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = (free_bytes or _free)(existing)
    said = f"{decimal(free)} are free for the archive in {existing}."
    if free < FULL:
        return Check(
            "disk",
            State.PROBLEM,
            f"The disk is full: {said}",
            "Make room, or move the archive with `hotpapers backup` and `restore`.",
        )
    problem = _write_problem(existing)
    if problem:
        return Check(
            "disk",
            State.PROBLEM,
            f"Nothing can be written in {existing}: {problem}.",
            "Let the user that runs hotpapers write there, or set `path` under [archive].",
        )
    if free < NEARLY_FULL:
        return Check("disk", State.HINT, said, "Make room before it is full.")
    return Check("disk", State.OK, said)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _write_problem(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(64 * 1024))
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def clock(now: datetime, told: datetime | None) -> Check:
    """This machine's time against Discord's, which is told to the second."""
    if told is None:
        return Check("clock", State.HINT, "Discord did not tell its time.")
    off = (now - told).total_seconds()
    if abs(off) < MAX_SECONDS_OFF:
        return Check("clock", State.OK, f"The clock agrees with Discord's ({off:+.0f} s).")
    direction = "ahead of" if off > 0 else "behind"
    return Check(
        "clock",
        State.PROBLEM,
        f"The clock is {_span(abs(off))} {direction} Discord's. Until it is right, nothing is "
        "planned, counted or closed.",
        "Let the machine keep its time by NTP (`timedatectl set-ntp true`); unset HOTPAPERS_CLOCK.",
    )


# Clocks that are kept by NTP differ by far less.
MAX_SECONDS_OFF = 120.0


def _span(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"


def zones(now: datetime, version: str) -> Check:
    """How old the time zone database is, such as ``2026f``.

    A version does not say its day. There are about six a year, so each letter counts as two months.
    """
    if not version:
        return Check("time zones", State.HINT, "The time zone database does not say its version.")
    released = date(int(version[:4]), min(1 + 2 * (ord(version[4]) - ord("a")), 12), 1)
    said = f"Time zones are those of the tz database {version}"
    if now.date() - released > timedelta(days=366):
        return Check(
            "time zones",
            State.HINT,
            f"{said}, which is older than a year, so digests may come at wrong hours.",
            "pip install --upgrade tzdata, or pull a newer image.",
        )
    return Check("time zones", State.OK, f"{said}.")


def tables(now: datetime, deferred: Collection[date]) -> list[Check]:
    """Whether arXiv's evenings without an announcement are known far enough ahead."""
    day = (now + AHEAD).date()
    if calendar.table_covers(day) or any(extra >= now.date() for extra in deferred):
        return [Check("calendar", State.OK, "arXiv's holidays are known.")]
    return [
        Check(
            "calendar",
            State.HINT,
            f"arXiv's holidays are not known up to {day}, so a day without a mailing may be "
            "expected in vain.",
            "Update hotpapers, or add arXiv's announced dates to `deferred` under [arxiv].",
        )
    ]
