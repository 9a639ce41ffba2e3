"""What stands in each column, and rows as they come from a query -> values.

A row that cannot be read names itself (``UnreadableRow``) and takes no other along: ``readable``
leaves it out. What is not in ``TABLES`` holds what its declaration in the schema says.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from bot.blog import BlogPaper, NetworkCounts
from bot.config import logs
from bot.errors import UnreadableRow
from bot.models import (
    Announcement,
    CatchUp,
    DayState,
    DeliveryState,
    Era,
    Layout,
    LearntFrom,
    LookupState,
    Network,
    Rhythm,
    ScorePart,
    Status,
    TargetKind,
)
from bot.store.codecs import (
    arguments,
    clock_time,
    day,
    flag,
    instant,
    integer,
    json,
    maybe,
    number,
    one_of,
    strings,
    text,
)
from bot.store.packed import stored_beside, unpack

logger = logging.getLogger(__name__)

T = TypeVar("T")

Read = Callable[[Any], Any]
"""A value as SQLite has it -> what it stands for. Raises ValueError with what is wrong."""

_MAYBE_INSTANT, _MAYBE_DAY, _MAYBE_TEXT = maybe(instant), maybe(day), maybe(text)
_MAYBE_ARGUMENTS = maybe(arguments)
_STAGE = ("harvest", "collect")


def _stage(value: Any) -> str:
    if value not in _STAGE:
        raise ValueError(f"is none of {', '.join(_STAGE)}")
    return str(value)


TABLES: Mapping[str, Mapping[str, Read]] = {
    "papers": {
        "arxiv_id": text, "version": integer, "first_day": _MAYBE_DAY, "attention": integer,
        "title": text, "authors": strings, "categories": strings, "abstract": unpack,
        "submitted_at": _MAYBE_INSTANT, "comment": _MAYBE_TEXT, "journal_ref": _MAYBE_TEXT,
        "doi": _MAYBE_TEXT, "license_url": _MAYBE_TEXT, "raw_title": stored_beside,
        "raw_authors": stored_beside, "raw_abstract": stored_beside, "first_seen": instant,
    },
    "listings": {
        "day": day, "arxiv_id": text, "announcement": one_of(Announcement),
        "learnt_from": one_of(LearntFrom), "previous": _MAYBE_DAY,
    },
    "totals": {"day": day},
    "days": {
        "day": day, "state": one_of(DayState), "era": one_of(Era),
        "harvested_at": _MAYBE_INSTANT, "counted_at": _MAYBE_INSTANT,
        "closed_at": _MAYBE_INSTANT, "late": flag,
    },
    "outcomes": {
        "id": integer, "day": day, "stage": _stage, "source": text, "status": one_of(Status),
        "reason_code": _MAYBE_TEXT, "reason_args": _MAYBE_ARGUMENTS, "at": instant,
        "requests": integer, "items": integer,
    },
    "posts": {
        "id": integer, "network": one_of(Network), "post_id": text, "url": stored_beside,
        "author": text, "author_id": stored_beside, "author_name": text, "posted_at": instant,
        "text": _MAYBE_TEXT, "reposts": integer, "likes": integer, "replies": integer,
        "counted_at": instant, "missing_since": _MAYBE_INSTANT, "is_bot": flag,
        "is_counted": flag,
    },
    "counts": {"post": integer, "taken_at": instant, "reposts": integer, "likes": integer},
    "replaced_posts": {"network": one_of(Network)},
    "dropped_posts": {
        "network": one_of(Network), "post_id": text, "dropped_at": instant, "arxiv_ids": strings,
    },
    "standings": {
        "day": day, "arxiv_id": text, "score": number, "exact": number, "people": integer,
        "parts": json(tuple[ScorePart, ...]), "again": flag, "previous": _MAYBE_DAY,
    },
    "ranking_totals": {"day": day},
    "reads": {"utc_day": day},
    "rules": {
        "id": integer, "guild_id": integer, "channel_id": integer, "categories": strings,
        "at": clock_time, "zone": text, "rhythm": one_of(Rhythm), "top": integer,
        "bar": maybe(number), "layout": one_of(Layout), "cross_lists": flag, "keywords": strings,
        "exclusions": strings, "thread": flag, "quiet_lines": flag, "catch_up": one_of(CatchUp),
        "created_by": integer, "created_at": instant, "paused": flag, "deleted": flag,
        "suspended_code": _MAYBE_TEXT, "suspended_args": _MAYBE_ARGUMENTS,
    },
    "follows": {
        "id": integer, "member_id": integer, "query": text, "created_at": instant,
        "paused": flag, "stopped": flag,
    },
    "deliveries": {
        "id": integer, "target_kind": one_of(TargetKind), "target_id": integer,
        "rule_id": integer, "slot_at": instant, "part": integer, "state": one_of(DeliveryState),
        "nonce": text, "listing_day": _MAYBE_DAY, "message_id": maybe(integer),
        "reason_code": _MAYBE_TEXT, "reason_args": _MAYBE_ARGUMENTS,
        "last_error_code": _MAYBE_TEXT, "last_error_args": _MAYBE_ARGUMENTS,
        "attempts": integer, "content": text, "planned_at": instant,
        "reserved_at": _MAYBE_INSTANT, "sealed_at": _MAYBE_INSTANT,
        "unseen_since": _MAYBE_INSTANT, "may_stand": flag,
    },
    "posted": {
        "rule_id": integer, "arxiv_id": text, "slot_at": instant, "rank": integer, "score": number,
    },
    "posted_days": {"rule_id": integer, "day": day, "slot_at": instant},
    "contents": {"hash": text, "body": json(list[Any])},
    "lookups": {
        "arxiv_id": text, "asked_at": instant, "state": one_of(LookupState),
        "answered_at": _MAYBE_INSTANT,
    },
    "meta": {"key": text, "value": text, "at": instant},
    "http_validators": {"url": text, "etag": text, "last_modified": text, "note": text},
    "blog_days": {
        "day": day, "era": one_of(Era), "dated": instant, "front": text, "hash": text,
        "imported_at": instant,
    },
    "blog_papers": {
        "day": day, "rank": integer, "arxiv_id": text, "categories": strings,
        "counts": json(tuple[NetworkCounts, ...]), "body": json(BlogPaper),
    },
}  # fmt: skip

_DECLARED: Mapping[str, Read] = {"INTEGER": integer, "REAL": number, "TEXT": text}


def as_declared(kind: str, *, required: bool) -> Read:
    """For a column that is declared so in the schema."""
    read = _DECLARED.get(kind.upper(), lambda value: value)
    return read if required else maybe(read)


class Columns:
    """Reads columns of one table in the order in which a query selects them.

    The first ``keys`` of them name the row. ``reads`` are the table's own, unless given.
    """

    def __init__(
        self, table: str, *names: str, keys: int = 1, reads: Mapping[str, Read] | None = None
    ) -> None:
        self.table = table
        self._names = names
        self._reads = [(reads or TABLES[table])[name] for name in names]
        self._keys = keys

    def __call__(self, row: Sequence[Any]) -> list[Any]:
        """The values of a row; what it holds beyond these columns is left out."""
        try:
            return [read(value) for read, value in zip(self._reads, row, strict=False)]
        except ValueError:
            raise next(self.faults(row)) from None

    def faults(self, row: Sequence[Any]) -> Iterator[UnreadableRow]:
        """One for each column that cannot be read."""
        for name, read, value in zip(self._names, self._reads, row, strict=False):
            try:
                read(value)
            except ValueError as error:
                yield UnreadableRow(self.table, self.key(row), f"{name} {error}")

    def known(self, row: Sequence[Any]) -> dict[str, Any]:
        """The values of the columns that can be read, by name."""
        found = {}
        for name, read, value in zip(self._names, self._reads, row, strict=False):
            with suppress(ValueError):
                found[name] = read(value)
        return found

    def key(self, row: Sequence[Any]) -> str:
        return " ".join(map(_shown, row[: self._keys]))


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return f"x'{value[:20].hex()}'"
    return str(value)[:80]


def readable(rows: Iterable[Any], make: Callable[[Any], T]) -> list[T]:
    """What ``make`` makes of each row, without those that cannot be read; the log names them."""
    return list(one_by_one(rows, make))


def one_by_one(rows: Iterable[Any], make: Callable[[Any], T]) -> Iterator[T]:
    """As ``readable``, as far as anybody reads on."""
    for row in rows:
        try:
            made = make(row)
        except UnreadableRow as error:
            tell(error)
        else:
            yield made


_told: set[tuple[str, str]] = set()
_MAX_TOLD = 1000  # a file that is nothing but damage fills no log


def tell(error: UnreadableRow) -> None:
    """Log a row that is left out, once in the life of the process."""
    row = error.table, error.key
    if row in _told or len(_told) >= _MAX_TOLD:
        return
    _told.add(row)
    logs.event(
        logger, logging.ERROR, "archive.unreadable", table=error.table, row=error.key,
        reason=error.why,
    )  # fmt: skip
