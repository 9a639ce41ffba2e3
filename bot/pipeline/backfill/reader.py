"""A source, part by part, from a place on."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec.structs import replace

from bot.clock import Clock
from bot.config import logs
from bot.errors import Malformed, Throttled
from bot.pipeline.backfill.checkpoint import Checkpoint, Part, Sieved, Span, sieve
from bot.pipeline.backfill.executor import RunOffThread
from bot.problems import Code, Problem
from bot.sources.arxiv.oai import Read, Window, tell_problems
from bot.sources.arxiv.oai_xml import OaiError, parse_records
from bot.sources.arxiv.record import Record
from bot.sources.arxiv.snapshot import Snapshot

logger = logging.getLogger(__name__)

# How often a window is read again whose token was refused.
_RESTARTS = 3
# A backfill has time: a shorter closure of arXiv's door is waited for.
_MAX_WAIT = timedelta(minutes=70)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What became of one page of OAI-PMH. ``changed`` is the day of its last record's change."""

    found: Sieved
    records: int
    problems: tuple[str, ...]
    changed: date | None
    token: str


class Records(Protocol):
    """Where pages of records come from; ``ArxivOai`` is one."""

    async def answer(self, window: Window, token: str, read: Read[Page]) -> Page: ...


def reader(wanted: Span, elsewhere: RunOffThread) -> Read[Page]:
    """Reads a page and sieves its records ``elsewhere``, so that only what is wanted comes back."""

    async def read(chunks: AsyncIterator[bytes]) -> Page:
        body = b"".join([chunk async for chunk in chunks])
        page = _PAGE.decode(await elsewhere(packed_page, body, wanted))
        tell_problems(page.problems)
        return page

    return read


# As MessagePack papers come out of another process for a third of what pickle costs both.
_PAGE = msgspec.msgpack.Decoder(Page)
_SIEVED = msgspec.msgpack.Decoder(Sieved)


def packed_page(body: bytes, wanted: Span) -> bytes:
    """``parse_page`` as MessagePack."""
    return msgspec.msgpack.encode(parse_page(body, wanted))


def packed_sieved(records: Sequence[Record], wanted: Span) -> bytes:
    """``sieve`` as MessagePack."""
    return msgspec.msgpack.encode(sieve(records, wanted))


def parse_page(body: bytes, wanted: Span) -> Page:
    """Raises as ``parse_records``."""
    page = parse_records(body)
    return Page(
        found=sieve(page.records, wanted),
        records=len(page.records),
        problems=page.problems,
        changed=page.records[-1].changed if page.records else None,
        token=page.token,
    )


async def from_oai(
    source: Records,
    read: Read[Page],
    wanted: Sequence[Window],
    place: Checkpoint,
    clock: Clock,
    say: Callable[[str], None],
) -> AsyncGenerator[Part, None]:
    """Page after page. A window whose token has died is read from its beginning.

    Raises SourceError when arXiv stays away or its pages do not end; the place of the last part is
    where to go on.
    """
    refused = 0
    tokens: set[str] = set()
    while place.window < len(wanted):
        window = wanted[place.window]
        token = place.token if place.token_day == _today(clock) else ""
        try:
            page = await _patiently(partial(source.answer, window, token, read), clock, say)
        except OaiError as error:
            refused += 1
            if error.code != "badResumptionToken" or not token or refused > _RESTARTS:
                raise
            logs.event(logger, logging.INFO, "backfill.token_died", window=str(window.start))
            place = replace(place, token="", token_day=None)
            tokens.clear()
            continue
        if page.token in tokens:
            raise Malformed(Problem(Code.OAI_REPEATS))
        if page.token:
            tokens.add(page.token)
        else:
            refused = 0
            tokens.clear()
        place = _behind(place, page, _today(clock))
        yield Part(page.found, place, _share(place, wanted, page))


async def from_snapshot(
    path: Path, wanted: Span, place: Checkpoint, elsewhere: RunOffThread
) -> AsyncGenerator[Part, None]:
    """Raises InputError when the file cannot be read or is something else."""
    with Snapshot(path).open(place.offset) as parts:
        while (found := await asyncio.to_thread(next, parts, None)) is not None:
            place = replace(
                place,
                offset=found.offset,
                records=place.records + len(found.records),
                left_out=place.left_out + len(found.problems),
            )
            for problem in found.problems:
                logs.event(logger, logging.WARNING, "snapshot.line_skipped", problem=problem)
            sieved = await elsewhere(packed_sieved, found.records, wanted)
            yield Part(_SIEVED.decode(sieved), place, found.offset / max(found.size, 1))


async def _patiently(
    ask: Callable[[], Awaitable[Page]], clock: Clock, say: Callable[[str], None]
) -> Page:
    """Waits when arXiv asks for it. Raises Throttled when that would take too long."""
    while True:
        try:
            return await ask()
        except Throttled as error:
            now = clock.now()
            if error.retry_at is None or error.retry_at - now > _MAX_WAIT:
                raise
            say(f"waiting until {error.retry_at:%H:%M} UTC, as arXiv asked")
            await asyncio.sleep(max((error.retry_at - now).total_seconds(), 0.0) + 0.1)


def _behind(place: Checkpoint, page: Page, today: date) -> Checkpoint:
    return replace(
        place,
        window=place.window + (not page.token),
        token=page.token,
        token_day=today if page.token else None,
        records=place.records + page.records,
        left_out=place.left_out + len(page.problems),
    )


def _share(place: Checkpoint, wanted: Sequence[Window], page: Page) -> float:
    """How much is read: whole windows, and of the one under way the days that were passed."""
    part = 0.0
    if page.token and page.changed is not None:
        window = wanted[place.window]
        days = ((window.until or place.begun) - window.start).days + 1
        part = min(max((page.changed - window.start).days / days, 0.0), 1.0)
    return (place.window + part) / len(wanted)


def _today(clock: Clock) -> date:
    return clock.now().astimezone(UTC).date()
