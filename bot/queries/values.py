"""What a reader gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.models import Announcement, Day, Era, Outcome, RankedPaper
from bot.ranking.scoring import Why
from bot.search import Hit, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper with the days it was announced on, and its score from the newest counts.

    ``ranked.rank`` is its place among all papers of its first listing day in the archive, 0 when
    nobody posted about it. A paper that only the old blog counted has the counts that were printed
    first, with that day's ``era``; of its posts nothing but who wrote them is known.
    """

    listed: tuple[tuple[date, Announcement], ...]
    ranked: RankedPaper
    why: Why
    era: Era = Era.HOTPAPERS


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """A paper that answers a search. ``ranked.rank`` is its place among the answers; ``era`` is
    that of its counts."""

    ranked: RankedPaper
    hit: Hit
    era: Era


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a search. ``papers`` are those of the page that was asked for, of so many
    ``answers``. ``matches`` papers were compared; with ``more`` there are more, all of them less
    noticed. ``meant`` is the search with words that papers do say, where there is no paper."""

    query: Query
    papers: tuple[FoundPaper, ...]
    answers: int
    matches: int
    more: bool
    meant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All news of some listing days, best first, with what a digest needs to be honest.

    ``ranked`` holds every paper, also those that nobody posted about (score 0). ``missing`` are
    arXiv's categories of which one of the listings is not whole.
    """

    days: tuple[Day, ...]
    ranked: tuple[RankedPaper, ...]
    announcements: Mapping[str, Announcement]
    outcomes: tuple[Outcome, ...]
    missing: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class PostedPaper:
    """A paper in a digest, with its place and score then."""

    arxiv_id: str
    title: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AsPosted:
    """A digest as a channel got it.

    ``bodies`` are its messages as they were sent, JSON lists of components, in order; ``papers``
    are in the order of their ranks. ``posted_at`` is when Discord had the last message.
    """

    rule_id: int
    channel_id: int
    slot_at: datetime
    posted_at: datetime | None
    days: tuple[date, ...]
    bodies: tuple[str, ...]
    papers: tuple[PostedPaper, ...]
