"""The entries of an answer, one by one, so that a malformed one costs nothing but itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Annotated, TypeVar

import msgspec

from bot.arxiv import ids
from bot.config import logs
from bot.errors import Malformed
from bot.problems import Code, Problem

T = TypeVar("T")

# JSON is decoded in one go, by code that lets no other thread run: what an answer holds is bounded
# before, so that nobody waits longer than some hundredths of a second. All of these are many times
# what the services send, of which the largest is a paper of three thousand authors.
MAX_VALUES = 200_000
MAX_ENTRIES = 1000
LARGEST_ENTRY = 2**20  # bytes
# The log has no use for more lines about one answer, and the name of an entry is a stranger's.
MAX_TOLD = 50
_SHOWN = 200
_MAX_URL = 4000

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; ``utc`` makes it ours."""

Text = Annotated[str, msgspec.Meta(max_length=50_000)]
"""What a post says, in characters: twice what X allows. Ids are looked for in all of it at once."""

Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]
"""Since 1970, to the end of the year 9999."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was left out: its id, or its place in the answer, and the field at fault."""

    entry: str
    problem: str

    def __str__(self) -> str:
        return f"{self.entry[:_SHOWN]}: {self.problem[:_SHOWN]}"


def whole(body: bytes, kind: type[T], service: str) -> T:
    """The body as ``kind``. Raises Malformed, as for HTML or a body cut off."""
    if body.count(b",") > MAX_VALUES:
        technical = f"more than {MAX_VALUES:,} values"
        raise Malformed(Problem(Code.ANSWER_UNREADABLE, service=service, technical=technical))
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = Problem(Code.ANSWER_UNREADABLE, service=service, technical=error)
        raise Malformed(problem) from error


def each(raws: Sequence[msgspec.Raw], kind: type[T], key: str) -> tuple[list[T], list[Skipped]]:
    """Every entry that is as promised, and what is wrong with the others. ``key`` names one.

    Raises Malformed for more of them than a service sends.
    """
    if len(raws) > MAX_ENTRIES:
        raise Malformed(Problem(Code.TOO_MANY_ENTRIES, entries=len(raws), limit=MAX_ENTRIES))
    entries: list[T] = []
    skipped: list[Skipped] = []
    for place, raw in enumerate(raws):
        if len(raw) > LARGEST_ENTRY:
            problem = f"larger than {LARGEST_ENTRY:,} bytes"
            skipped.append(Skipped(f"entry {place + 1}", problem))
            continue
        try:
            entries.append(msgspec.json.decode(raw, type=kind))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            skipped.append(Skipped(_name(raw, key, place), str(error)))
    return entries, skipped


def linked(url: str) -> tuple[str, ...]:
    """The papers that a link leads to. Most posts of a day link the same few hundred pages."""
    return _linked(url[:_MAX_URL])


@lru_cache(maxsize=4096)
def _linked(url: str) -> tuple[str, ...]:
    return tuple(ids.find(url))


def tell_skipped(
    logger: logging.Logger, name: str, skipped: Sequence[Skipped | str], **fields: object
) -> None:
    """A warning for each entry that was left out; one for all beyond the first fifty of them."""
    tell: Callable[..., None] = partial(logs.event, logger, logging.WARNING, name)
    for one in skipped[:MAX_TOLD]:
        entry = {"entry": one.entry[:_SHOWN]} if isinstance(one, Skipped) else {}
        problem = one.problem[:_SHOWN] if isinstance(one, Skipped) else one[: 3 * _SHOWN]
        tell(**fields, **entry, problem=problem)
    if len(skipped) > MAX_TOLD:
        tell(**fields, problem=f"and {len(skipped) - MAX_TOLD} more")


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
    return str(value)[:40] if isinstance(value, str | int) else f"entry {place + 1}"
