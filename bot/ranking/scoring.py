"""Counts and rates -> scores with their parts, and the reasons for them. Pure.

A score is the sum over networks of rate × (reposts + likes) over distinct original posts. The
arithmetic is exact (whole numbers of a common unit); only what is shown is rounded, half up, to
hundredths. Papers are ordered by the exact score (``bot.ranking.order``), so rounding never
decides a place.

What is shown adds up: the points of a paper's networks are hundredths that sum to its score, the
points of a network's posts are hundredths that sum to the network's. Where a rate has more than
two decimals, or a post is split between the papers that it links, the hundredths that rounding
leaves over go to the parts that were cut most, in a fixed order where equal. With rates of at
most two decimals and no splitting nothing is left over: points are rate × counts, and with X
alone, at rate 1, a score is reposts + likes.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bot.config import SourcesSection
from bot.config.validation import LARGEST
from bot.errors import InputError
from bot.models import Network, Paper, Post, RankedPaper, ScorePart
from bot.problems import Code, Problem
from bot.ranking.dedupe import collapse
from bot.ranking.order import in_order

Rates = Mapping[Network, float]

# A post is worth showing from here on: the old blog's 25, and each network's own bar elsewhere.
SHOW_FROM: Mapping[Network, int] = {
    Network.X: 25,
    Network.BLUESKY: 25,
    Network.MASTODON: 25,
    Network.HACKERNEWS: 20,
    Network.HUGGINGFACE: 10,
}

_PLACE = {network: place for place, network in enumerate(Network)}


def rates(sources: SourcesSection) -> dict[Network, float]:
    """The exchange rate of every network, whether it is switched on or not."""
    return {
        Network.X: sources.x.rate,
        Network.BLUESKY: sources.bluesky.rate,
        Network.MASTODON: sources.mastodon.rate,
        Network.HACKERNEWS: sources.hackernews.rate,
        Network.HUGGINGFACE: sources.huggingface.rate,
    }


# --- exact arithmetic ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """Points as whole numbers: ``unit`` of them make one point."""

    rates: Rates
    weights: Mapping[Network, int]
    unit: int
    shares: int  # divisible by every number of papers that a post is split between; 1: no split

    def points(self, post: Post) -> int:
        share = self.shares // _linked(post) if self.shares > 1 else self.shares
        return self.weights[post.network] * post.interest * share

    def hundredths(self, points: int) -> int:
        return (200 * points + self.unit) // (2 * self.unit)

    def spread(self, amounts: Sequence[int], total: int) -> list[int]:
        """``total`` hundredths over ``amounts`` of points, each cut or raised by less than one."""
        cut = [divmod(100 * amount, self.unit) for amount in amounts]
        found = [whole for whole, _ in cut]
        by_rest = sorted(range(len(cut)), key=lambda i: -cut[i][1])
        for i in by_rest[: total - sum(found)]:
            found[i] += 1
        return found


def _linked(post: Post) -> int:
    return max(1, len(set(post.arxiv_ids)))


def _exact(network: Network, rate: float) -> Fraction:
    if not 0 <= rate <= LARGEST:
        raise InputError(
            Problem(Code.RATE_OUT_OF_RANGE, network=network, limit=LARGEST, rate=str(rate))
        )
    return Fraction(str(rate))  # the decimal as written: 0.1 is a tenth


def _scale(given: Rates, posts: Iterable[Post], split_links: bool) -> _Scale:
    exact = {network: _exact(network, rate) for network, rate in given.items()}
    one = math.lcm(*(rate.denominator for rate in exact.values()))
    shares = math.lcm(*{_linked(post) for post in posts}) if split_links else 1
    weights = {network: int(rate * one) for network, rate in exact.items()}
    return _Scale(given, weights, one * shares, shares)


# --- scores -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tally:
    """The sum over one paper's distinct posts. ``exact`` are points, before they are rounded."""

    exact: float
    score: float
    parts: tuple[ScorePart, ...]
    people: int


def _author(post: Post) -> str:
    return post.author_id or post.author or post.post_id


def _counting(posts: Iterable[Post], count_bots: bool) -> list[Post]:
    """Each post once, without those of bots unless they count."""
    return [post for post in collapse(posts) if count_bots or not post.is_bot]


def _by_network(posts: Iterable[Post]) -> dict[Network, list[Post]]:
    groups: dict[Network, list[Post]] = defaultdict(list)
    for post in posts:
        groups[post.network].append(post)
    return {network: groups[network] for network in Network if network in groups}


def _tally(posts: Sequence[Post], scale: _Scale) -> _Tally:
    groups = _by_network(posts)
    amounts = [sum(map(scale.points, group)) for group in groups.values()]
    total = scale.hundredths(sum(amounts))
    parts = tuple(
        ScorePart(
            network=network,
            reposts=sum(post.reposts for post in group),
            likes=sum(post.likes for post in group),
            rate=scale.rates[network],
            points=points / 100,
            posts=len(group),
            people=len({_author(p) for p in group} - {_author(p) for p in group if p.is_bot}),
        )
        for (network, group), points in zip(
            groups.items(), scale.spread(amounts, total), strict=True
        )
    )
    return _Tally(
        # Correctly rounded, so that of two papers of any two days the larger sum stays the larger.
        exact=sum(amounts) / scale.unit,
        score=total / 100,
        parts=parts,
        people=sum(part.people or 0 for part in parts),
    )


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` is shown, ``exact`` unrounded; the points of ``parts`` add up to ``value``."""

    value: float
    exact: float
    parts: tuple[ScorePart, ...]


def score(
    posts: Iterable[Post], rates: Rates, *, split_links: bool = False, count_bots: bool = True
) -> Score:
    """The score of the paper that all ``posts`` link, and its parts in the order of Network.

    Accounts that say that they are bots are no people; with ``count_bots`` their posts count.
    A part's ``reposts`` and ``likes`` are whole counts also when ``split_links`` gives this paper
    only 1/N of the points of a post that links N papers. Raises InputError for a rate that is
    negative or not finite; ``rates`` must name every network of ``posts``.
    """
    distinct = _counting(posts, count_bots)
    tally = _tally(distinct, _scale(rates, distinct, split_links))
    return Score(tally.score, tally.exact, tally.parts)


def rank(
    papers: Iterable[Paper],
    posts: Iterable[Post],
    rates: Rates,
    *,
    bar: float | None = None,
    split_links: bool = False,
    count_bots: bool = True,
    best: int = 10,
    show_from: int | Mapping[Network, int] = 0,
    days: Mapping[str, date] | None = None,
) -> tuple[RankedPaper, ...]:
    """Papers in the order of ``bot.ranking.order``. Places count from 1.

    With a ``bar`` only papers whose score, as shown, reaches it. Each keeps its ``best`` posts
    with ``show_from`` or more reposts and likes (one number, or one for each network).
    ``days`` gives listing days by id. Errors as for ``score``.
    """
    wanted: dict[str, Paper] = {}
    for paper in papers:
        known = wanted.get(paper.arxiv_id)
        if known is None or (paper.version, repr(paper)) > (known.version, repr(known)):
            wanted[paper.arxiv_id] = paper
    linking: dict[str, list[Post]] = {arxiv_id: [] for arxiv_id in wanted}
    distinct = _counting(posts, count_bots)
    for post in distinct:
        for arxiv_id in set(post.arxiv_ids) & wanted.keys():
            linking[arxiv_id].append(post)
    scale = _scale(rates, distinct, split_links)
    tallies = {arxiv_id: _tally(found, scale) for arxiv_id, found in linking.items()}
    return tuple(
        in_order(
            RankedPaper(
                rank=0,
                paper=wanted[arxiv_id],
                score=tally.score,
                exact_score=tally.exact,
                parts=tally.parts,
                people=tally.people,
                posts=_best(linking[arxiv_id], scale, best, show_from),
                day=days.get(arxiv_id) if days else None,
            )
            for arxiv_id, tally in tallies.items()
            if bar is None or tally.score >= bar
        )
    )


def _best_first(posts: Iterable[Post], scale: _Scale) -> list[Post]:
    return sorted(
        posts,
        key=lambda post: (
            -scale.points(post),
            -post.interest,
            -post.likes,
            _PLACE[post.network],
            post.posted_at,
            post.post_id,
        ),
    )


def _best(
    posts: Iterable[Post], scale: _Scale, best: int, show_from: int | Mapping[Network, int]
) -> tuple[Post, ...]:
    def enough(post: Post) -> bool:
        least = show_from if isinstance(show_from, int) else show_from.get(post.network, 0)
        return post.interest >= least

    return tuple(_best_first(filter(enough, posts), scale)[:best])


# --- why ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostPart:
    """One post's part of a score. ``share`` is 1/N where it is split between N papers, else 1."""

    post: Post
    share: float
    points: float


@dataclass(frozen=True, slots=True)
class NetworkPart:
    """One network's part of a score; the points of ``posts`` add up to ``part.points``."""

    part: ScorePart
    posts: tuple[PostPart, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """A score taken apart; the points of ``networks`` add up to ``score``.

    ``people`` is None where nobody knows who posted. ``bots`` has one post of each account that
    says that it is a bot, the loudest first.
    """

    score: float
    people: int | None
    networks: tuple[NetworkPart, ...]
    bots: tuple[Post, ...] = ()


def why(
    posts: Iterable[Post], rates: Rates, *, split_links: bool = False, count_bots: bool = True
) -> Why:
    """Take apart the score that ``rank`` gives the paper that all ``posts`` link.

    ``posts`` are all of them, not only those that are shown; a network's come best first.
    """
    everything = collapse(posts)
    distinct = _counting(everything, count_bots)
    scale = _scale(rates, distinct, split_links)
    tally = _tally(distinct, scale)
    groups = _by_network(_best_first(distinct, scale))
    bots: dict[tuple[Network, str], Post] = {}
    for post in sorted(everything, key=lambda post: -post.interest):
        if post.is_bot:
            bots.setdefault((post.network, _author(post)), post)
    return Why(
        score=tally.score,
        people=tally.people,
        networks=tuple(_take_apart(part, groups[part.network], scale) for part in tally.parts),
        bots=tuple(bots.values()),
    )


def _take_apart(part: ScorePart, posts: Sequence[Post], scale: _Scale) -> NetworkPart:
    points = scale.spread([scale.points(post) for post in posts], round(part.points * 100))
    return NetworkPart(
        part,
        tuple(
            PostPart(post, 1 / _linked(post) if scale.shares > 1 else 1.0, hundredths / 100)
            for post, hundredths in zip(posts, points, strict=True)
        ),
    )
