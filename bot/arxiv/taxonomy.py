"""arXiv's categories: spellings, aliases, closed archives, wildcards, search. Pure.

Three kinds of names have no dot. ``hep-th`` is archive and category in one. ``cs`` is an archive
only; as a pattern it means ``cs.*``. ``cond-mat``, ``astro-ph`` and ``q-bio`` are archives that
once were categories: old papers carry them as a term, and as a pattern they mean the whole archive.

Six categories are listed under two names (``cs.SY`` is ``eess.SY``) and their papers carry both
terms; here the alias resolves to the name that counts, so nothing counts twice. It follows that
``cs.*`` holds ``eess.SY`` and ``math.NA``: a paper there is listed in cs as cs.SY or cs.NA.
"""

import csv
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal, get_args

from bot.errors import UnknownCategory
from bot.problems import Code, Problem

Status = Literal["active", "alias", "subsumed", "legacy"]
_STATUSES: tuple[Status, ...] = get_args(Status)

ANY = "*"
"""The pattern of every category."""

_GROUP_PREFIX = "grp_"
_WRAPPERS = " \t\r\n[](){}<>\"'`,;"
_SEPARATORS = re.compile(r"[\s._:/-]+")
_WORD = re.compile(r"[^\W_]+")
_SUGGESTIONS = 3
# What people call some categories whose names do not say it.
_CALLED = {
    "nlp": ("cs.CL",), "llm": ("cs.CL", "cs.LG"), "ml": ("cs.LG", "stat.ML"), "vision": ("cs.CV",),
    "cv": ("cs.CV",), "rl": ("cs.LG",), "hci": ("cs.HC",), "speech": ("eess.AS",),
    "privacy": ("cs.CR",), "recsys": ("cs.IR",), "qft": ("hep-th",), "deep learning": ("cs.LG",),
}  # fmt: skip
_MAX_LENGTH = 80
"""Characters of a text that are compared with names; more would only cost time."""


@dataclass(frozen=True, slots=True)
class Category:
    """One category term. ``same_as`` is what counts instead, for aliases and closed archives.

    ``group`` and ``archive`` are arXiv's ids (``physics``, ``cond-mat``); ``opened`` and ``closed``
    are the archive's first and last month (``1998-09``), ``closed`` empty while it takes papers.
    """

    id: str
    status: Status
    same_as: str | None
    name: str
    archive: str
    archive_name: str
    group: str
    group_name: str
    opened: str
    closed: str

    @property
    def active(self) -> bool:
        """True where new papers appear under this id and it is not a second name of another."""
        return self.status == "active"


def all_categories() -> tuple[Category, ...]:
    """The categories that take new papers, each once, in the order of arXiv's groups and ids."""
    return tuple(category for category in _table().values() if category.active)


def every_term() -> tuple[Category, ...]:
    """The whole table, with aliases, closed archives and legacy terms."""
    return tuple(_table().values())


def lookup(term: str) -> Category | None:
    """The table's own row for ``term`` in any spelling; aliases stay themselves."""
    return _table().get(term) or _spellings().get(_squash(term))


def resolve(text: str) -> Category:
    """The category that ``text`` names, whatever its case, spelling or alias.

    Raises UnknownCategory, with close matches, also for names ("computer vision") and for an
    archive that is no category (``cs``).
    """
    category = lookup(text)
    if category is None:
        raise _unknown(text, text)
    return _counted(category)


def _unknown(text: str, compared: str) -> UnknownCategory:
    close = _close_matches(compared)
    return UnknownCategory(Problem(Code.UNKNOWN_CATEGORY, text=text, close=close), text, close)


def canonical(terms: Iterable[str]) -> tuple[str, ...]:
    """The category ids among a paper's ``terms``, each once and in order: the primary stays first.

    Terms outside the table are dropped: arXiv's API and OAI-PMH mix in MSC and ACM codes.
    """
    known = (_table().get(term.strip()) for term in terms)
    return tuple(dict.fromkeys(_counted(category).id for category in known if category))


def resolve_pattern(text: str) -> str:
    """The one canonical spelling of a pattern, so that equal patterns compare equal.

    A category gives its id: ``CS.cl`` -> ``cs.CL``, ``cs.SY`` -> ``eess.SY``, ``hep-th.*`` ->
    ``hep-th``. An archive with categories below it gives ``archive.*``: ``cs``, ``cs.`` and
    ``CS.*`` -> ``cs.*``, ``cond-mat`` -> ``cond-mat.*``. arXiv's groups (``grp_physics``) and
    ``*``, everything, stay. Raises UnknownCategory.
    """
    folded = text.strip(_WRAPPERS).casefold()
    if folded.startswith("-"):
        raise UnknownCategory(Problem(Code.EXCLUDED_CATEGORY, text=text), text, ())
    if folded in _members():
        return folded
    stem = folded.removesuffix("*")
    if archive := _archives().get(_squash(stem)):
        return f"{archive}.*"
    category = lookup(stem)
    if category is None or (stem != folded and category.id != category.archive):
        raise _unknown(text, stem)
    return _counted(category).id


def expand(pattern: str) -> tuple[Category, ...]:
    """What ``pattern`` covers: active categories, and the legacy terms of old papers."""
    key = resolve_pattern(pattern)
    return _members().get(key) or (_table()[key],)


def feeds(patterns: Iterable[str]) -> tuple[str, ...]:
    """The categories to ask arXiv's feeds for, each once. Legacy terms take no new papers."""
    found = (category for pattern in patterns for category in expand(pattern))
    return tuple(dict.fromkeys(category.id for category in found if category.active))


@lru_cache(maxsize=1)
def listed_twice() -> frozenset[str]:
    """The categories that another archive lists too, under a name of its own."""
    return frozenset(c.same_as for c in every_term() if c.status == "alias" and c.same_as)


def matches(pattern: str, category_id: str) -> bool:
    """Whether a paper's term falls under ``pattern``; an unknown term never does.

    Raises UnknownCategory for an unknown pattern.
    """
    category = _table().get(category_id)
    return category is not None and _counted(category) in _expanded(pattern)


def search(text: str, limit: int = 25) -> list[Category]:
    """Active categories for autocompletion: by id, then subject code, then words of the name."""
    words = _WORD.findall(text.casefold())
    ranked = [
        (rank, position, category)
        for position, category in enumerate(all_categories())
        if (rank := _rank(category, text, words)) is not None
    ]
    return [category for _, _, category in sorted(ranked, key=lambda hit: hit[:2])[:limit]]


def _rank(category: Category, text: str, words: list[str]) -> int | None:
    """0 for the id itself, higher for weaker matches, None for none."""
    squashed = _squash(text)
    if category.id in _CALLED.get(text.strip().casefold(), ()):
        return 0
    ids = [_squash(name) for name in (category.id, *_other_names().get(category.id, ()))]
    if squashed in ids:
        return 0
    for rank, name in enumerate(ids, start=1):
        if name.startswith(squashed):
            return min(rank, 2)
    if category.id.partition(".")[2].casefold().startswith(text.strip().casefold()):
        return 3
    name_words = _WORD.findall(f"{category.name} {category.archive_name}".casefold())
    starts = [any(known.startswith(word) for known in name_words) for word in words]
    if not starts or not all(starts):
        return None
    return 4 if category.name.casefold().startswith(words[0]) else 5


def _close_matches(text: str) -> tuple[str, ...]:
    """Ids somebody may have meant by ``text``, best first; an archive gives its pattern."""
    text = text[:_MAX_LENGTH]
    squashed = _squash(text)
    if squashed in _archives():
        return (f"{_archives()[squashed]}.*",)
    named = [category.id for category in search(text, _SUGGESTIONS)] if len(squashed) > 1 else []
    close = difflib.get_close_matches(squashed, list(_spellings()), n=_SUGGESTIONS, cutoff=0.7)
    similar = [_counted(_spellings()[spelling]).id for spelling in close]
    either = [*similar, *named] if "." in text else [*named, *similar]
    return tuple(dict.fromkeys(either or _by_words(text) or _its_archive(text)))[:_SUGGESTIONS]


def _its_archive(text: str) -> list[str]:
    archive = _archives().get(_squash(text.partition(".")[0]))
    return [f"{archive}.*"] if archive else []


def _by_words(text: str) -> list[str]:
    """Categories whose names share the most words with ``text``, allowing for typing errors."""
    words = [word for word in _WORD.findall(text.casefold()) if len(word) > 3]
    scored = []
    for category in all_categories():
        known = _WORD.findall(category.name.casefold())
        hits = sum(bool(difflib.get_close_matches(word, known, n=1, cutoff=0.8)) for word in words)
        if hits:
            scored.append((-hits, len(known), category.id))
    return [identifier for _, _, identifier in sorted(scored)]


def _squash(text: str) -> str:
    return _SEPARATORS.sub("", text.strip(_WRAPPERS)).casefold()


def _counted(category: Category) -> Category:
    return _table()[category.same_as] if category.same_as else category


@lru_cache(maxsize=1)
def _table() -> dict[str, Category]:
    """Every term of the shipped table by its exact id, in the table's order."""
    text = (resources.files("bot.arxiv") / "data" / "taxonomy.csv").read_text("utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return {row[0]: _category(row) for row in rows}


def _category(row: list[str]) -> Category:
    identifier, status, same_as, *rest = row
    name, archive, archive_name, group, group_name, opened, closed = rest
    if status not in _STATUSES:
        raise ValueError(f"taxonomy.csv: {identifier} has the unknown status {status!r}")
    return Category(
        id=identifier,
        status=status,
        same_as=same_as or None,
        name=name,
        archive=archive,
        archive_name=archive_name,
        group=group,
        group_name=group_name,
        opened=opened,
        closed=closed,
    )


@lru_cache(maxsize=1)
def _spellings() -> dict[str, Category]:
    """Ids without separators and case. No two of arXiv's ids collide there."""
    return {_squash(identifier): category for identifier, category in _table().items()}


@lru_cache(maxsize=1)
def _other_names() -> dict[str, list[str]]:
    """For each counting id the aliases and closed archives that resolve to it."""
    names: dict[str, list[str]] = {}
    for category in _table().values():
        if category.same_as:
            names.setdefault(category.same_as, []).append(category.id)
    return names


@lru_cache(maxsize=1)
def _members() -> dict[str, tuple[Category, ...]]:
    """What each wildcard covers: ``*``, ``grp_x`` for arXiv's groups and ``x.*`` for archives.

    An archive's own categories come first, then those it lists under a second name.
    """
    members: dict[str, dict[Category, None]] = {}
    for category in sorted(_table().values(), key=lambda category: category.same_as is not None):
        patterns = [ANY, _GROUP_PREFIX + category.group]
        if category.id != category.archive or category.status == "legacy":
            patterns.append(f"{category.archive}.*")
        for pattern in patterns:
            members.setdefault(pattern, {})[_counted(category)] = None
    return {pattern: tuple(found) for pattern, found in members.items()}


@lru_cache(maxsize=1)
def _archives() -> dict[str, str]:
    """Archives that have categories below them, by their squashed spelling."""
    stems = (pattern.removesuffix(".*") for pattern in _members() if pattern.endswith(".*"))
    return {_squash(stem): stem for stem in stems}


@lru_cache(maxsize=256)
def _expanded(pattern: str) -> frozenset[Category]:
    return frozenset(expand(pattern))
