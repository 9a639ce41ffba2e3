"""arXiv -> archive for one listing day, through the healthiest door that answers."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot import log
from bot.arxiv import taxonomy
from bot.clock import Clock
from bot.config import Settings
from bot.models import Outcome, Status
from bot.sources import PaperSource
from bot.store import Archive, days, papers

logger = logging.getLogger(__name__)

ANSWERED = (Status.OK, Status.EMPTY)


async def run(
    archive: Archive, doors: Sequence[PaperSource], settings: Settings, clock: Clock, day: date
) -> tuple[Outcome, ...]:
    """Ask door after door for the categories that still have no whole answer.

    What a door gave is stored at once, so nothing is lost to a later failure. The outcome of a
    category is that of the last door asked, with the reasons of the earlier ones.
    """
    await archive.write(days.open_day, day)
    wanted = taxonomy.feeds(settings.arxiv.categories)
    outcomes: dict[str, Outcome] = {}
    for door in doors:
        missing = still_missing(wanted, outcomes)
        if not missing:
            break
        found = await door.harvest(day, missing)
        fresh = await archive.write(papers.save, found.listed, now=clock.now())
        log.event(
            logger, logging.INFO, "harvest.door", day=day, door=door.name,
            categories=len(missing), papers=len(found.listed), new=fresh,
        )  # fmt: skip
        for outcome in found.outcomes:
            outcomes[outcome.source] = join(outcomes.get(outcome.source), outcome)
    result = tuple(outcomes.values())
    await archive.write(days.add_outcomes, day, "harvest", result)
    if is_whole(result):
        await archive.write(days.mark_harvested, day, now=clock.now())
    return result


def still_missing(wanted: Sequence[str], outcomes: dict[str, Outcome]) -> list[str]:
    return [
        category
        for category in wanted
        if category not in outcomes or outcomes[category].status not in ANSWERED
    ]


def is_whole(outcomes: Sequence[Outcome]) -> bool:
    """Every category answered in full."""
    return bool(outcomes) and all(outcome.status in ANSWERED for outcome in outcomes)


def join(before: Outcome | None, after: Outcome) -> Outcome:
    """Two doors' answers for one category: the later stands, the reasons and requests add up.

    A later door that failed does not make an incomplete answer worse than it was.
    """
    if before is None:
        return after
    stands = after
    if before.status is Status.INCOMPLETE and after.status is Status.FAILED:
        stands = before
    reasons = dict.fromkeys(reason for reason in (before.reason, after.reason) if reason)
    return replace(
        stands,
        reason="; then: ".join(reasons),
        requests=before.requests + after.requests,
        items=max(before.items, after.items),
        at=after.at,
    )
