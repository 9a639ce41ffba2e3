"""One file per remote service: fetch through ``bot.http``, and a pure ``parse_*(bytes)``.

Two seams. A PaperSource says which papers arXiv announced on a day; a PostSource finds the
public posts that link papers, with their counts. Both answer with typed outcomes: a service
that is down, slow, half-empty or malformed is named with its reason, never a silent zero.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.models import Listed, Network, Outcome, Post, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """What one door of arXiv said about one day. One outcome per category that was asked."""

    day: date
    listed: tuple[Listed, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def whole(self) -> bool:
        """Every category answered in full for this day, if only to say that it has nothing."""
        return all(o.status in (Status.OK, Status.EMPTY) for o in self.outcomes)


class PaperSource(Protocol):
    """One of arXiv's doors."""

    name: str

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        """Ask for ``day`` in each of ``categories`` (canonical ids, not patterns).

        Does not raise for what a service did: every category has its outcome.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a PostSource is to find.

    Posts made in [``since``, ``until``) that link any paper, above all those of ``arxiv_ids``
    (canonical; the papers listed on ``day``). ``known`` are posts already stored for these
    papers whose counts are to be taken again. ``dropped`` are network and id of posts that were
    dropped because they were missing: an account may have come back. ``unfinished`` are the
    networks whose last answer for this day was not whole.
    """

    day: date
    arxiv_ids: frozenset[str]
    since: datetime
    until: datetime
    known: tuple[Post, ...] = ()
    dropped: tuple[tuple[Network, str], ...] = ()
    unfinished: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a PostSource found.

    ``posts`` are original posts with at least one paper id each; a post appears once. ``gone`` are
    ids of posts that were deleted, as their network says itself, or that link no paper any more;
    ``missing`` those of known posts that an answer with others left out without a word.
    """

    network: Network
    posts: tuple[Post, ...]
    outcome: Outcome
    gone: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class PostSource(Protocol):
    """One network."""

    network: Network

    async def collect(self, wanted: Wanted) -> Collected:
        """Find posts and take counts. May raise SourceError; the caller makes it an outcome."""
        ...


@dataclass(frozen=True, slots=True)
class Reserved:
    """``posts`` of a UTC ``day`` that are set aside under a ``name`` of their own."""

    name: str
    day: date
    posts: int


class Budget(Protocol):
    """How many posts may still be read today from a service that bills by the post.

    Kept in the archive, so that neither a restart nor a second process at the same time can pass
    it: what a request may bring at most is set aside before it is sent, and put right by what
    came. What nobody puts right, because the process was killed or the answer was lost, stays
    spent. A day is a UTC day.
    """

    async def left(self) -> int:
        """Posts that may still be read today."""
        ...

    async def reserve(self, posts: int) -> Reserved:
        """Set aside so many, or as many as are left."""
        ...

    async def settle(self, reserved: Reserved, post_ids: Collection[str]) -> None:
        """In place of what was set aside, these were read. Those read before today cost nothing."""
        ...
