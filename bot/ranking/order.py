"""The order of a ranking, and which papers fall under a category. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.arxiv import ids, taxonomy
from bot.models import RankedPaper


def in_order(ranked: Iterable[RankedPaper]) -> list[RankedPaper]:
    """The best first; ``rank`` counts from 1."""
    ordered = sorted(ranked, key=lambda r: sort_key(r.exact_score, r.paper.arxiv_id))
    return [replace(r, rank=place) for place, r in enumerate(ordered, 1)]


def sort_key(exact_score: float, arxiv_id: str) -> tuple[float, tuple[int, int, str]]:
    """By the exact score, then the smaller id. ``bot.store.standings`` has the same order in SQL.

    The old blog put ties by id in 54 of 58 cases.
    """
    return -exact_score, ids.sort_key(arxiv_id)


def matching(ranked: Iterable[RankedPaper], categories: Sequence[str]) -> list[RankedPaper]:
    """Those with any category that any of the patterns matches; no pattern matches all."""
    if not categories:
        return list(ranked)
    wanted = set(expanded(categories))
    return [r for r in ranked if not wanted.isdisjoint(r.paper.categories)]


def expanded(patterns: Sequence[str]) -> list[str]:
    return [category.id for pattern in patterns for category in taxonomy.expand(pattern)]
