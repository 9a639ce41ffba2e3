"""A past day ranked again under other settings, beside what stands. Nothing is stored."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from bot.config import Settings
from bot.models import Network, Paper, Post, RankedPaper
from bot.ranking import SHOW_FROM, Change, diff, rank, rates
from bot.store import Archive, days, papers, posts


@dataclass(frozen=True, slots=True)
class Replay:
    """The papers above the bar, under the settings in force and under the others."""

    before: tuple[RankedPaper, ...]
    after: tuple[RankedPaper, ...]

    def changes(self) -> tuple[Change, ...]:
        return diff(self.before, self.after)


async def replay(
    archive: Archive,
    settings: Settings,
    day: date,
    *,
    changed: Mapping[Network, float],
    bar: float | None = None,
) -> Replay | None:
    """Rank ``day`` with ``changed`` rates and ``bar``; None when it is not in the archive.

    Both rankings are made from the same posts with their newest counts. Raises InputError for a
    rate that is negative or not finite.
    """
    found = await archive.read(_material, day)
    if found is None:
        return None
    return await asyncio.to_thread(_both, found, settings, changed, bar)


def _material(db: Database, day: date) -> tuple[list[Paper], list[Post]] | None:
    if days.get(db, day) is None:
        return None
    news = [item.paper for item in papers.of_day(db, day) if item.announcement.is_news]
    return news, posts.of_day(db, day)


def _both(
    material: tuple[list[Paper], list[Post]],
    settings: Settings,
    changed: Mapping[Network, float],
    bar: float | None,
) -> Replay:
    in_force = rates(settings.sources)

    def ranked(exchange: Mapping[Network, float], least: float) -> tuple[RankedPaper, ...]:
        return rank(
            *material,
            exchange,
            bar=least,
            split_links=settings.ranking.split_links,
            show_from=SHOW_FROM,
        )

    least = settings.ranking.bar
    return Replay(
        before=ranked(in_force, least),
        after=ranked(in_force | dict(changed), least if bar is None else bar),
    )
