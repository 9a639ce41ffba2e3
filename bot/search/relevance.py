"""How well a paper answers a query, why, and which sentence shows it.

Relevance is the sum of two parts, so that it can be told: how well the text answers (0 to 1.25)
and how much the paper was noticed (0 to 1, by orders of magnitude: 10 points 0.25, 100 points
0.5, 1,000 points 0.75, from 10,000 on 1).
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.models import Paper
from bot.search.matching import holds, is_said_in_a_name, texts
from bot.search.normalize import WORD, WORD_WITH_SYMBOLS, fold, fold_symbols
from bot.search.plurals import forms
from bot.search.values import Place, Query, Term

IN_TITLE, IN_AUTHORS, IN_ABSTRACT = 1.0, 0.8, 0.4
IN_ORDER = 0.25  # the title has all the words side by side, as somebody types who knows it
SNIPPET = 200  # characters, about two sentences


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of title or abstract. ``marks`` are (start, end) of what the query asked for."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def marked(self, before: str, after: str) -> str:
        pieces, at = [], 0
        for start, end in self.marks:
            pieces += [self.text[at:start], before, self.text[start:end], after]
            at = end
        return "".join([*pieces, self.text[at:]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A paper that answers a query. ``day`` is its first listing day in the archive.

    ``attention`` is the score behind ``attention_part``; ``reasons`` are each term and the place
    where it was found: title, author or abstract.
    """

    paper: Paper
    day: date | None
    text_part: float
    attention_part: float
    attention: float
    reasons: tuple[tuple[str, str], ...]
    snippet: Snippet

    @property
    def relevance(self) -> float:
        return self.text_part + self.attention_part


def attention_part(score: float) -> float:
    """0 to 1, by orders of magnitude."""
    return min(math.log10(1 + max(score, 0)) / 4, 1.0)


def text_part(query: Query, title: str, authors: Sequence[str]) -> float:
    """How well the text answers, for a paper that ``matches``.

    The mean over the terms of the place where each was found; what is neither in the title nor
    among the authors is in the abstract. 0 for a query without terms.
    """
    if not query.terms:
        return 0.0
    places = [_place(term, title, authors) for term in query.terms]
    value = sum(_WEIGHTS[place] for place in places) / len(places)
    typed = [word for term in query.terms if term.place is Place.ANY for word in term.words]
    if len(typed) > 1 and f" {' '.join(typed)} " in texts(title):
        value += IN_ORDER
    return value


def reasons(query: Query, title: str, authors: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each term as it was typed, with the place where it was found: title, author or abstract."""
    told = [
        (f"{term.typed}{'*' if term.prefix else ''}", _NAMES[_place(term, title, authors)])
        for term in query.terms
    ]
    return tuple(dict.fromkeys(told))


_WEIGHTS = {Place.TITLE: IN_TITLE, Place.AUTHOR: IN_AUTHORS, Place.ANY: IN_ABSTRACT}
_NAMES = {Place.TITLE: "title", Place.AUTHOR: "author", Place.ANY: "abstract"}


def _place(term: Term, title: str, authors: Sequence[str]) -> Place:
    """ANY for what is in the abstract alone."""
    if term.place is Place.AUTHOR:
        return Place.AUTHOR
    if holds(title, term):
        return Place.TITLE
    # All names at once first: most words are in none of them.
    if is_said_in_a_name(term, [texts(" ".join(authors))]) and is_said_in_a_name(
        term, map(fold, authors)
    ):
        return Place.AUTHOR
    return Place.ANY


def snippet(query: Query, paper: Paper, width: int = SNIPPET) -> Snippet:
    """The stretch of the abstract with most of what was asked for, in whole words.

    The abstract's beginning when it has none of it.
    """
    terms = [term for term in query.terms if term.place is not Place.AUTHOR]
    text = " ".join(paper.abstract.split())
    marks = _marks(text, terms)
    start, end = _window(text, marks, width)
    shown = text[start:end].strip()
    skipped = start + len(text[start:end]) - len(text[start:end].lstrip())
    before = "… " if start else ""
    after = " …" if end < len(text) else ""
    shift = len(before) - skipped
    return Snippet(
        f"{before}{shown}{after}",
        tuple((s + shift, e + shift) for s, e in marks if s >= start and e <= end),
    )


def _marks(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in ``text``, without overlaps, in order."""
    said = [term for term in terms if holds(text, term)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(span for term in said for span in _spans(text, term)):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _spans(text: str, term: Term) -> list[tuple[int, int]]:
    if term.symbols:
        return _spans_of_words(text, WORD_WITH_SYMBOLS, fold_symbols, [term.symbols], term.prefix)
    if text.isascii():
        return _spans_in_ascii(text, term)
    return _spans_of_words(text, WORD, fold, forms(term), term.prefix)


def _spans_in_ascii(text: str, term: Term) -> list[tuple[int, int]]:
    said = "|".join("[^a-z0-9]+".join(map(re.escape, words)) for words in forms(term))
    rest = "[a-z0-9]*" if term.prefix else "(?![a-z0-9])"
    return [found.span() for found in re.finditer(f"(?<![a-z0-9])(?:{said}){rest}", text.lower())]


def _spans_of_words(
    text: str,
    pattern: re.Pattern[str],
    folded: Callable[[str], str],
    wanted: Sequence[tuple[str, ...]],
    prefix: bool,
) -> list[tuple[int, int]]:
    """Word by word, since folding may change a text's length."""
    words = [(w, f.span()) for f in pattern.finditer(text) for w in folded(f[0]).split()]
    size, last, spans = len(wanted[0]), wanted[0][-1], []
    for at in range(len(words) - size + 1):
        here = tuple(word for word, _ in words[at : at + size])
        if prefix and here[-1].startswith(last):
            here = (*here[:-1], last)
        if here in wanted:
            spans.append((words[at][1][0], words[at + size - 1][1][1]))
    return spans


def _window(text: str, marks: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """The stretch that holds most marks, widened to whole words."""
    if len(text) <= width:
        return 0, len(text)
    lead = width // 5
    begins, ends = [mark[0] for mark in marks], [mark[1] for mark in marks]

    def held(start: int) -> int:
        """Marks are in order and do not overlap, so these are the ones between two places."""
        return max(0, bisect_right(ends, start + width) - bisect_left(begins, start))

    starts = [0, *(max(0, begin - lead) for begin in begins)]
    best = max(starts, key=lambda start: (held(start), -start))
    start = min(best, len(text) - width)
    end = start + width
    if start:
        start = text.find(" ", start) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end + 1), start + width // 2)
    return start, end
