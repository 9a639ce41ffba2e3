"""A source, part by part, from a place on."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from bot import log
from bot.clock import Clock
from bot.daily.backfill.places import Part, Place
from bot.errors import Malformed, Throttled
from bot.sources.arxiv_oai import Window
from bot.sources.arxiv_snapshot import Snapshot
from bot.sources.oai_xml import OaiError, Page

logger = logging.getLogger(__name__)

# How often a window is read again whose token was refused.
_RESTARTS = 3
# A backfill has time: a shorter closure of arXiv's door is waited for.
_LONGEST_WAIT = timedelta(minutes=70)


class Records(Protocol):
    """Where pages of records come from; ``ArxivOai`` is one."""

    async def page(self, window: Window, token: str = "") -> Page: ...


async def from_oai(
    source: Records,
    wanted: Sequence[Window],
    place: Place,
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
            page = await _patiently(source, window, token, clock, say)
        except OaiError as error:
            refused += 1
            if error.code != "badResumptionToken" or not token or refused > _RESTARTS:
                raise
            log.event(logger, logging.INFO, "backfill.token_died", window=str(window.start))
            place = replace(place, token="", token_day=None)
            tokens.clear()
            continue
        if page.token in tokens:
            raise Malformed("arXiv's OAI-PMH repeats its pages")
        if page.token:
            tokens.add(page.token)
        else:
            refused = 0
            tokens.clear()
        place = _behind(place, page, _today(clock))
        yield Part(page.records, place, _share(place, wanted, page))


async def from_snapshot(path: Path, place: Place) -> AsyncGenerator[Part, None]:
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
                log.event(logger, logging.WARNING, "snapshot.line_skipped", problem=problem)
            yield Part(found.records, place, found.offset / max(found.size, 1))


async def _patiently(
    source: Records, window: Window, token: str, clock: Clock, say: Callable[[str], None]
) -> Page:
    """Waits when arXiv asks for it. Raises Throttled when that would take too long."""
    while True:
        try:
            return await source.page(window, token)
        except Throttled as error:
            now = clock.now()
            if error.retry_at is None or error.retry_at - now > _LONGEST_WAIT:
                raise
            say(f"waiting until {error.retry_at:%H:%M} UTC, as arXiv asked")
            await asyncio.sleep(max((error.retry_at - now).total_seconds(), 0.0) + 0.1)


def _behind(place: Place, page: Page, today: date) -> Place:
    return replace(
        place,
        window=place.window + (not page.token),
        token=page.token,
        token_day=today if page.token else None,
        records=place.records + len(page.records),
        left_out=place.left_out + len(page.problems),
    )


def _share(place: Place, wanted: Sequence[Window], page: Page) -> float:
    """How much is read: whole windows, and of the one under way the days that were passed."""
    part = 0.0
    if page.token and page.records:
        window, changed = wanted[place.window], page.records[-1].changed
        if changed is not None:
            days = ((window.until or place.begun) - window.start).days + 1
            part = min(max((changed - window.start).days / days, 0.0), 1.0)
    return (place.window + part) / len(wanted)


def _today(clock: Clock) -> date:
    return clock.now().astimezone(UTC).date()
