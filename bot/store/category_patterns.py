"""The category patterns that cover a paper, so that a filter is a look-up, never a scan. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.arxiv import taxonomy


def covering(categories: Iterable[str]) -> tuple[str, ...]:
    """Every canonical pattern that matches one of a paper's categories, each once.

    That is for each category in the table itself, its archive (``cs.*``), its group (``grp_cs``)
    and ``*``; ``taxonomy.matches`` says the same of each.
    """
    return _covering(tuple(categories))


@lru_cache(maxsize=4096)
def _covering(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Few combinations of categories are most papers'."""
    return tuple(dict.fromkeys(p for c in categories for p in _patterns().get(c, ())))


def column(categories: Iterable[str]) -> str:
    """The patterns between spaces, so that ``instr`` finds one whole: `` cs.CL cs.* grp_cs * ``."""
    return f" {' '.join(covering(categories))} "


def condition(patterns: Sequence[str], table: str) -> tuple[str, dict[str, str]]:
    """SQL that is true of a row whose ``subjects`` hold any of ``patterns``, and its values by name
    (``:pattern0``, ``:pattern1``...)."""
    if not patterns:
        return "TRUE", {}
    values = {f"pattern{n}": f" {pattern} " for n, pattern in enumerate(patterns)}
    found = " OR ".join(f"instr({table}.subjects, :{name})" for name in values)
    return f"({found})", values


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    members: dict[str, set[str]] = {
        pattern: {category.id for category in taxonomy.expand(pattern)} for pattern in _wildcards()
    }
    for term in taxonomy.every_term():
        counted = term.same_as or term.id
        found[term.id].append(counted)
        found[term.id] += [p for p, ids in members.items() if counted in ids]
    return {term: tuple(dict.fromkeys(patterns)) for term, patterns in found.items()}


def _wildcards() -> list[str]:
    """The patterns of everything, of archives with categories below them, of arXiv's groups."""
    terms = taxonomy.every_term()
    archives = {taxonomy.resolve_pattern(t.archive) for t in terms if t.archive}
    groups = {f"grp_{t.group}" for t in terms}
    return [taxonomy.ANY, *sorted(p for p in archives if p.endswith(".*")), *sorted(groups)]


@lru_cache(maxsize=512)
def token(pattern: str) -> str:
    """The pattern as one word of the full-text index that no text can hold.

    It begins with a private-use character, which the index takes for a letter and ``fold`` drops.
    No two of arXiv's ids are alike without their separators.
    """
    return "\ue000" + re.sub(r"[^a-z0-9]", "", pattern.casefold().replace("*", "any"))
