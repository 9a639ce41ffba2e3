"""Whether a paper answers a query."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Protocol

from bot.arxiv import taxonomy
from bot.errors import UnknownCategory
from bot.models import Paper
from bot.search.normalize import fold, fold_symbols
from bot.search.plurals import forms
from bot.search.values import Place, Query, Term


def matches(query: Query, paper: Paper, day: date | None) -> bool:
    """Whether ``paper``, listed on ``day``, is what ``query`` asks for.

    The archive's search gives the same answer through its index. A paper without a listing day
    answers no query that asks for days.
    """
    if query.arxiv_ids:
        return paper.arxiv_id in query.arxiv_ids
    return (
        _listed_then(query, day)
        and all(any_covers(patterns, paper.categories) for patterns in query.categories)
        and not any_covers(query.without_categories, paper.categories)
        and all(says(paper, term) for term in query.terms)
        and not any(says(paper, term) for term in query.without)
    )


def _listed_then(query: Query, day: date | None) -> bool:
    if day is None:
        return query.first is None and query.last is None
    return (query.first or day) <= day <= (query.last or day)


def any_covers(patterns: Iterable[str], categories: Iterable[str]) -> bool:
    held = tuple(categories)
    return any(_covers(pattern, category) for pattern in patterns for category in held)


@lru_cache(maxsize=8192)
def _covers(pattern: str, category: str) -> bool:
    try:
        return taxonomy.matches(pattern, category)
    except UnknownCategory:  # a follow rule stored under an older table
        return False


class Texts(Protocol):
    """What of a paper is searched."""

    @property
    def title(self) -> str: ...
    @property
    def abstract(self) -> str: ...
    @property
    def authors(self) -> tuple[str, ...]: ...


def says(paper: Texts, term: Term) -> bool:
    """Whether the term stands where it is looked for."""
    if term.place is Place.AUTHOR:
        return any(is_name(name, term) for name in names(paper.authors))
    if holds(paper.title, term):
        return True
    if term.place is Place.TITLE:
        return False
    return holds(paper.abstract, term) or is_said_in_a_name(term, names(paper.authors))


def holds(text: str, term: Term) -> bool:
    """Whether the term's words stand side by side in a title or abstract."""
    if term.symbols:
        return _stand_in(_texts_with_symbols(text), term.symbols, term)
    return any(_stand_in(texts(text), words, term) for words in forms(term))


def is_said_in_a_name(term: Term, folded: Iterable[str]) -> bool:
    """Whether the term's words stand side by side in one of these names, just as they are."""
    if not may_be_in_a_name(term):
        return False
    return any(_stand_in(name, term.words, term) for name in folded)


def may_be_in_a_name(term: Term) -> bool:
    """No name has symbols, and a letter alone means no author's initial."""
    return not term.symbols and not is_letter(term)


def is_letter(term: Term) -> bool:
    return len(term.words) == 1 and len(term.words[0]) == 1


def _stand_in(folded: str, words: tuple[str, ...], term: Term) -> bool:
    return f" {' '.join(words)}{'' if term.prefix else ' '}" in folded


def is_name(folded: str, term: Term) -> bool:
    """Whether all words of an author's term are in one folded name, whatever their order.

    A letter alone is a family name, as in Weinan E, and no initial.
    """
    if is_letter(term):
        return folded.endswith(f" {term.words[0]} ")
    initials = any(len(word) > 1 for word in term.words)
    return all(
        f" {word}" in folded
        if (initials and len(word) == 1) or (term.prefix and word == term.words[-1])
        else f" {word} " in folded
        for word in term.words
    )


# A mailing's papers are looked through once for every follow rule with words.
@lru_cache(maxsize=4096)
def texts(text: str) -> str:
    return fold(text)


@lru_cache(maxsize=4096)
def _texts_with_symbols(text: str) -> str:
    return fold_symbols(text)


@lru_cache(maxsize=4096)
def names(authors: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold(author) for author in authors)
