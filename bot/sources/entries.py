"""The entries of an answer, one by one, so that a malformed one costs nothing but itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec

from bot import phrases
from bot.arxiv import ids
from bot.errors import Malformed

T = TypeVar("T")

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; ``utc`` makes it ours."""

Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]
"""Since 1970, to the end of the year 9999."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was left out: its id, or its place in the answer, and the field at fault."""

    entry: str
    problem: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.problem}"


def whole(body: bytes, kind: type[T], service: str) -> T:
    """The body as ``kind``. Raises Malformed, as for HTML or a body cut off."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(phrases.faults.unreadable(service, error)) from error


def each(raws: Sequence[msgspec.Raw], kind: type[T], key: str) -> tuple[list[T], list[Skipped]]:
    """Every entry that is as promised, and what is wrong with the others. ``key`` names one."""
    entries: list[T] = []
    skipped: list[Skipped] = []
    for place, raw in enumerate(raws):
        try:
            entries.append(msgspec.json.decode(raw, type=kind))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            skipped.append(Skipped(_name(raw, key, place), str(error)))
    return entries, skipped


@lru_cache(maxsize=4096)
def linked(url: str) -> tuple[str, ...]:
    """The papers that a link leads to. Most posts of a day link the same few hundred pages."""
    return tuple(ids.find(url))


def utc(instant: datetime) -> datetime:
    """The same time in UTC. At both ends of the calendar, where there is none, the zone is lost."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return instant.replace(tzinfo=UTC)


def _name(raw: msgspec.Raw, key: str, place: int) -> str:
    try:
        value = msgspec.json.decode(raw, type=dict[str, object]).get(key)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    return str(value)[:40] if isinstance(value, str | int) else phrases.faults.entry(place + 1)
