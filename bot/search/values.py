"""What a search means."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Place(StrEnum):
    """Where a term is looked for: in title, abstract and authors, or in one of them."""

    ANY = "any"
    TITLE = "title"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Term:
    """Something a paper must say, or must not. ``words`` are folded, ``typed`` is for people.

    The words stand side by side in one text. Those of an author are in one name in any order, and
    a single letter beside a longer word is an initial. With ``prefix`` the last word is only the
    beginning of one. Unless ``exact``, the last word also stands for its singular or plural.

    ``symbols`` are the same words with their symbols (``c++``, ``k^2``) when any has one: then a
    title or abstract must say just these.
    """

    words: tuple[str, ...]
    typed: str
    place: Place = Place.ANY
    prefix: bool = False
    exact: bool = False
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search, read. All parts must hold; of the patterns in one of ``categories`` any may.

    ``first`` and ``last`` bound the listing day, both included. With ``arxiv_ids`` only these
    papers are meant and nothing else is set. ``text`` is what was typed.
    """

    text: str
    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    without_categories: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    arxiv_ids: tuple[str, ...] = ()
