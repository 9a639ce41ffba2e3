"""Networks -> archive: the posts that link a day's papers, with an outcome per network."""

import asyncio
import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.arxiv import calendar
from bot.clock import Clock
from bot.config import Settings, logs
from bot.errors import HotpapersError, own_fault
from bot.models import DayState, Network, Outcome, Status
from bot.problems import Code, Problem
from bot.sources import PostSource, Wanted
from bot.store import Archive, days, lookups, missing_posts, papers, posts

logger = logging.getLogger(__name__)

# New objects between two looks for garbage, in place of Python's 700.
GARBAGE_AFTER = 50_000
# Posts about a paper that somebody asked for are looked for so long, along with the day's.
LOOKED_UP_FOR = timedelta(days=7)

_NOT_WHOLE = (Status.INCOMPLETE, Status.FAILED)


async def run(
    archive: Archive, networks: Sequence[PostSource], settings: Settings, clock: Clock, day: date
) -> tuple[Outcome, ...]:
    """Ask all networks side by side; store what each found as soon as it has answered.

    Nothing a network does can hold up the others: an error or too long a silence becomes its
    outcome, and what was stored of it before stays.
    """
    with _garbage_seldom():
        wanted = await _wanted(archive, settings, clock, day)
        outcomes = await asyncio.gather(
            *(_one(archive, network, settings, clock, wanted) for network in networks)
        )
    await archive.write(days.add_outcomes, day, "collect", outcomes)
    return tuple(outcomes)


async def _wanted(archive: Archive, settings: Settings, clock: Clock, day: date) -> Wanted:
    listed = await archive.read(papers.of_day, day)
    news = [item.paper for item in listed if item.announcement.is_announcement]
    known = await archive.read(posts.known_of_day, day)
    state = await archive.read(days.get, day)
    is_open = state is None or state.state is DayState.OPEN
    dropped = await archive.read(missing_posts.dropped_of_day, day) if is_open else []
    before = await archive.read(days.outcomes, day, "collect")
    since = clock.now() - LOOKED_UP_FOR
    looked_up = await archive.read(lookups.found_since, since) if is_open else []
    return Wanted(
        day=day,
        arxiv_ids=frozenset([*(paper.arxiv_id for paper in news), *looked_up]),
        since=calendar.mailing_start(day),
        until=clock.now(),
        known=tuple(known),
        dropped=tuple(dropped),
        unfinished=frozenset(o.source for o in before if o.status in _NOT_WHOLE),
    )


@contextmanager
def _garbage_seldom() -> Iterator[None]:
    """A day's posts come at once, by the ten thousand, and are kept: looking through all of them
    for garbage again and again finds none, and each look holds up the event loop for 40 ms."""
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], GARBAGE_AFTER), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


async def _one(
    archive: Archive, source: PostSource, settings: Settings, clock: Clock, wanted: Wanted
) -> Outcome:
    limit = settings.sources.seconds_per_source
    try:
        async with asyncio.timeout(limit):
            found = await source.collect(wanted)
    except TimeoutError:
        outcome = _failed(
            source.network, Problem(Code.NO_ANSWER_IN_TIME, seconds=limit), clock.now()
        )
    except HotpapersError as error:
        outcome = _failed(source.network, error.problem, clock.now())
    except Exception as error:  # an edge: one source must not end the day's job
        logs.event(logger, logging.ERROR, "collect.crashed", error=error, source=source.network)
        outcome = _failed(source.network, own_fault(error), clock.now())
    else:
        await archive.write(posts.save, found.posts)
        now = clock.now()
        await archive.write(missing_posts.drop, found.network, found.gone, at=now)
        await archive.write(missing_posts.note_missing, found.network, found.missing, at=now)
        outcome = found.outcome
    # A reason may quote what a service said, and a service may quote our key.
    if outcome.reason is not None:
        outcome = replace(outcome, reason=outcome.reason.starred(logs.starred))
    logs.event(
        logger,
        logging.INFO if outcome.status is not Status.FAILED else logging.WARNING,
        "collect.source",
        day=wanted.day, source=outcome.source, status=outcome.status, posts=outcome.items,
        requests=outcome.requests, reason=outcome.reason,
    )  # fmt: skip
    return outcome


def _failed(network: Network, reason: Problem, at: datetime) -> Outcome:
    return Outcome(source=network, status=Status.FAILED, reason=reason, at=at)
