"""A past day ranked again under other settings, beside what stands. Nothing is stored."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlite_utils import Database

from bot.config import Settings
from bot.config.validation import LARGEST
from bot.errors import HotpapersError, InputError
from bot.models import Era, Network, Paper, Post, RankedPaper
from bot.problems import Code, Problem
from bot.ranking.scoring import SHOW_FROM, rank, rates
from bot.store import Archive, days, papers, posts


class ChangeKind(StrEnum):
    ENTERED = "entered"
    LEFT = "left"
    MOVED = "moved"
    RESCORED = "rescored"  # another score at the same place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one paper. Rank and score are None on the side where it is not ranked."""

    paper: Paper
    kind: ChangeKind
    rank_before: int | None
    rank_after: int | None
    score_before: float | None
    score_after: float | None


@dataclass(frozen=True, slots=True)
class Replay:
    """The papers above the bar, under the settings in force and under the others.

    ``bars`` are both bars, ``rates`` both rates of the networks whose rate differs.
    """

    before: tuple[RankedPaper, ...]
    after: tuple[RankedPaper, ...]
    bars: tuple[float, float]
    rates: Mapping[Network, tuple[float, float]]

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
    rate or bar out of range, HotpapersError for a day of the old blog, which
    printed no posts.
    """
    found = await archive.read(_material, day)
    if found is None:
        return None
    return await asyncio.to_thread(_both, found, settings, changed, bar)


def _material(db: Database, day: date) -> tuple[list[Paper], list[Post]] | None:
    known = days.get(db, day)
    if known is None:
        return None
    news = [item.paper for item in papers.of_day(db, day) if item.announcement.is_announcement]
    found = posts.of_day(db, day)
    if known.era is not Era.HOTPAPERS and not found:
        raise HotpapersError(Problem(Code.BLOG_DAY_WITHOUT_POSTS, day=day))
    return news, found


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
            count_bots=settings.ranking.count_bots,
            show_from=SHOW_FROM,
        )

    least = settings.ranking.bar
    other = least if bar is None else bar
    if not 0 <= other <= LARGEST:
        raise InputError(Problem(Code.BAR_OUT_OF_RANGE, limit=LARGEST, bar=str(other)))
    return Replay(
        before=ranked(in_force, least),
        after=ranked(in_force | dict(changed), other),
        bars=(least, other),
        rates={n: (in_force[n], r) for n, r in changed.items() if in_force[n] != r},
    )


def diff(before: Sequence[RankedPaper], after: Sequence[RankedPaper]) -> tuple[Change, ...]:
    """Every paper whose place or score differs: those ranked after by place, then those gone."""
    old = {ranked.paper.arxiv_id: ranked for ranked in before}
    new = {ranked.paper.arxiv_id: ranked for ranked in after}
    changes = [_change(old.get(arxiv_id), ranked) for arxiv_id, ranked in new.items()]
    changes += [_change(ranked, None) for arxiv_id, ranked in old.items() if arxiv_id not in new]
    return tuple(change for change in changes if change)


def _change(old: RankedPaper | None, new: RankedPaper | None) -> Change | None:
    paper = new.paper if new else old.paper if old else None
    if paper is None:
        return None
    if old is None:
        kind = ChangeKind.ENTERED
    elif new is None:
        kind = ChangeKind.LEFT
    elif old.rank != new.rank:
        kind = ChangeKind.MOVED
    elif old.score != new.score:
        kind = ChangeKind.RESCORED
    else:
        return None
    return Change(
        paper=paper,
        kind=kind,
        rank_before=old.rank if old else None,
        rank_after=new.rank if new else None,
        score_before=old.score if old else None,
        score_after=new.score if new else None,
    )
