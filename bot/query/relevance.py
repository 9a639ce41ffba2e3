"""How well a paper answers a query, why, and which sentence shows it.

Relevance is the sum of two parts, so that it can be told: how well the text answers (0 to 1.25)
and how much the paper was noticed (0 to 1, by orders of magnitude: 10 points 0.25, 100 points
0.5, 1,000 points 0.75, from 10,000 on 1).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.models import Paper
from bot.query.folding import WORD, fold
from bot.query.matching import holds
from bot.query.values import Place, Query, Term

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

    ``attention`` is the score behind ``attention_part``; ``reasons`` are phrases for people.
    """

    paper: Paper
    day: date | None
    text_part: float
    attention_part: float
    attention: float
    reasons: tuple[str, ...]
    snippet: Snippet

    @property
    def relevance(self) -> float:
        return self.text_part + self.attention_part


def attention_part(score: float) -> float:
    """0 to 1, by orders of magnitude."""
    return min(math.log10(1 + max(score, 0)) / 4, 1.0)


def text_part(query: Query, title: str, authors: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """How well the text answers, for a paper that ``matches``, with the reasons.

    The mean over the terms of the place where each was found; what is neither in the title nor
    among the authors is in the abstract. 0 for a query without terms.
    """
    if not query.terms:
        return 0.0, ()
    folded = fold(title)
    places = [_place(term, folded, authors) for term in query.terms]
    value = sum(weight for weight, _ in places) / len(places)
    typed = [word for term in query.terms if term.place is Place.ANY for word in term.words]
    if len(typed) > 1 and f" {' '.join(typed)} " in folded:
        value += IN_ORDER
    told = dict.fromkeys(
        f"{_told(term)} {where}" for term, (_, where) in zip(query.terms, places, strict=True)
    )
    return value, tuple(told)


def _place(term: Term, title: str, authors: Sequence[str]) -> tuple[float, str]:
    if term.place is Place.AUTHOR:
        return IN_AUTHORS, "among the authors"
    if holds(title, term):
        return IN_TITLE, "in the title"
    # All names at once first: most words are in none of them.
    if holds(fold(" ".join(authors)), term) and any(holds(fold(name), term) for name in authors):
        return IN_AUTHORS, "among the authors"
    return IN_ABSTRACT, "in the abstract"


def _told(term: Term) -> str:
    return f"“{term.typed}{'*' if term.prefix else ''}”"


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
    folded = fold(text)
    said = [term for term in terms if holds(folded, term)]
    if not said:
        return []
    words = list(_words(text))
    kept: list[tuple[int, int]] = []
    for start, end in sorted(span for term in said for span in _spans(words, term)):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


_Word = tuple[str, tuple[int, int]]


def _words(text: str) -> Iterator[_Word]:
    """The folded words of ``text``, each with its place there."""
    if text.isascii():
        yield from ((found[0].lower(), found.span()) for found in WORD.finditer(text))
        return
    for found in WORD.finditer(text):
        yield from ((folded, found.span()) for folded in fold(found[0]).split())


def _spans(words: Sequence[_Word], term: Term) -> Iterator[tuple[int, int]]:
    size, first = len(term.words), term.words[0]
    for at in range(len(words) - size + 1):
        if not words[at][0].startswith(first):
            continue
        here = tuple(word for word, _ in words[at : at + size])
        if term.prefix and here[-1].startswith(term.words[-1]):
            here = (*here[:-1], term.words[-1])
        if here == term.words:
            yield words[at][1][0], words[at + size - 1][1][1]


def _window(text: str, marks: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """The stretch that holds most marks, widened to whole words."""
    if len(text) <= width:
        return 0, len(text)
    lead = width // 5
    starts = [0, *(max(0, mark[0] - lead) for mark in marks)]
    best = max(starts, key=lambda s: (sum(s <= m[0] and m[1] <= s + width for m in marks), -s))
    start = min(best, len(text) - width)
    end = start + width
    if start:
        start = text.find(" ", start) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end + 1), start + width // 2)
    return start, end
