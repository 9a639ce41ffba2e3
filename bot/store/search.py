"""Questions to the full-text index of papers, which ``fulltext`` keeps."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlite_utils import Database

from bot.models import Paper, page_of
from bot.search import Hit, Place, Query, Term, attention_part, forms, reasons, snippet, text_part
from bot.search.matching import is_letter, may_be_in_a_name, says
from bot.store import category_patterns
from bot.store import papers as papers_table
from bot.store.codecs import dump
from bot.store.columns import Columns, one_by_one, readable
from bot.store.full_text_index import KEY, month, symbol_word, title_word

COMPARED = 100
"""So many matches, the most noticed ones, are compared with each other, and as many again of those
that have all words in the title."""

_EXAMINED = 5_000  # matches looked at for what the index does not know before the search stops


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, best first, after so many ``before`` that are not asked for. ``matches``
    papers were compared; with ``more`` there are more, all of them less noticed."""

    hits: tuple[Hit, ...]
    matches: int
    more: bool
    before: int = 0


_COUNTED = 200  # papers with a word that are counted to compare it with others


def count(db: Database, word: str) -> int:
    """How many papers say a folded word, up to ``_COUNTED``."""
    row = db.conn.execute(
        """SELECT count(*) FROM
           (SELECT 1 FROM papers_fts WHERE papers_fts MATCH ? LIMIT ?)""",
        [f'"{word}"', _COUNTED],
    ).fetchone()
    return int(row[0])


class _Candidate(NamedTuple):
    arxiv_id: str
    title: str
    authors: tuple[str, ...]
    day: date | None
    attention: int
    abstract: str = ""  # read only where a term has to be looked for in it


_NAMES = ("arxiv_id", "title", "authors", "first_day", "attention", "abstract")
_WHOLE = Columns("papers", *_NAMES)
_WITHOUT_ABSTRACT = Columns("papers", *_NAMES[:-1])


def _candidate(row: Any) -> _Candidate:
    """Of a row with the columns of ``_NAMES``, the abstract or not."""
    return _Candidate(*(_WHOLE if len(row) == len(_NAMES) else _WITHOUT_ABSTRACT)(row))


def find(
    db: Database, query: Query, *, limit: int = 10, page: int = 1, per_page: int | None = None
) -> Found:
    """The papers that answer ``query``, by the sum of text and attention, then the newest.

    At most ``limit`` of them, or the ``page`` of these (from 1; the last one if there are fewer).
    """
    if query.arxiv_ids:
        candidates, more = _named(db, query.arxiv_ids), False
    else:
        candidates, more = _candidates(db, query)
    rated = [(text_part(query, c.title, c.authors), c) for c in candidates]
    rated.sort(key=lambda found: (found[1].day or date.min, found[1].arxiv_id), reverse=True)
    rated.sort(key=lambda found: found[0] + attention_part(found[1].attention), reverse=True)
    before, size = page_of(min(len(rated), limit), page, per_page)
    chosen = rated[before : before + size]
    known = papers_table.many(db, [candidate.arxiv_id for _, candidate in chosen])
    hits = tuple(
        _hit(query, known[c.arxiv_id], c, text) for text, c in chosen if c.arxiv_id in known
    )
    return Found(hits, len(candidates), more, before)


def _hit(query: Query, paper: Paper, candidate: _Candidate, text: float) -> Hit:
    return Hit(
        paper=paper,
        day=candidate.day,
        text_part=text,
        attention_part=attention_part(candidate.attention),
        attention=candidate.attention,
        reasons=reasons(query, paper.title, paper.authors),
        snippet=snippet(query, paper),
    )


def _named(db: Database, arxiv_ids: Collection[str]) -> list[_Candidate]:
    rows = db.conn.execute(
        """SELECT arxiv_id, title, authors, first_day, attention FROM papers
           WHERE arxiv_id IN (SELECT value FROM json_each(?))""",
        [dump(list(arxiv_ids))],
    )
    return readable(rows, _candidate)


def _candidates(db: Database, query: Query) -> tuple[list[_Candidate], bool]:
    """The most noticed matches, and the most noticed that have every word in the title."""
    matched = _stream(db, query, _expression(query))
    found = dict.fromkeys(_first(matched, COMPARED))
    more = next(matched, None) is not None
    if more and any(term.place is Place.ANY for term in query.terms):
        titled = _stream(db, query, _expression(query, in_title=True))
        found |= dict.fromkeys(_first(titled, COMPARED))
    return list(found), more


def _first(stream: Iterator[_Candidate], limit: int) -> Iterator[_Candidate]:
    """As ``islice``, which would take one element too many from a stream that goes on."""
    for _ in range(limit):
        candidate = next(stream, None)
        if candidate is None:
            return
        yield candidate


def _stream(db: Database, query: Query, expression: str) -> Iterator[_Candidate]:
    """Matches one by one, most noticed first, as FTS5 comes upon them."""
    wanted = [term for term in query.terms if _needs_a_look(term)]
    unwanted = [term for term in query.without if _needs_a_look(term)]
    names = _NAMES if wanted or unwanted else _NAMES[:-1]
    rows: Iterator[Any] = db.conn.execute(
        f"""SELECT {", ".join(f"papers.{name}" for name in names)}
            FROM papers_fts CROSS JOIN papers ON papers.id = {KEY}
            WHERE papers_fts MATCH ?
            AND (? IS NULL OR first_day >= ?) AND (? IS NULL OR first_day <= ?)
            ORDER BY papers_fts.rowid LIMIT {_EXAMINED}""",
        [expression, *_twice(query.first), *_twice(query.last)],
    )
    for candidate in one_by_one(rows, _candidate):
        if all(says(candidate, term) for term in wanted) and not any(
            says(candidate, term) for term in unwanted
        ):
            yield candidate


def _twice(day: date | None) -> tuple[str | None, str | None]:
    text = None if day is None else day.isoformat()
    return text, text


def _needs_a_look(term: Term) -> bool:
    """The index cannot tell whether several words are in one author's name, whether a letter is an
    initial, and where words with symbols stand."""
    if term.place is Place.AUTHOR:
        return len(term.words) > 1 or is_letter(term)
    return bool(term.symbols)


# --- a query in FTS5's language -----------------------------------------------------------------
# https://sqlite.org/fts5, "Full-text Query Syntax". Folded words hold letters and digits alone, so
# nothing that a person types can be taken for syntax.


def _expression(query: Query, *, in_title: bool = False) -> str:
    parts = [_term(term, in_title=in_title) for term in query.terms]
    parts += [_any_of(map(category_patterns.token, patterns)) for patterns in query.categories]
    if query.first or query.last:
        parts.append(_any_of(_months(query.first, query.last)))
    without = [_term(term) for term in query.without if not _needs_a_look(term)]
    without += [f'"{category_patterns.token(pattern)}"' for pattern in query.without_categories]
    wanted = " AND ".join(parts) or _any_of(_months(None, None))
    return f"({wanted}) NOT ({' OR '.join(without)})" if without else wanted


def _term(term: Term, *, in_title: bool = False) -> str:
    if term.place is Place.AUTHOR:
        long = [word for word in term.words if len(word) > 1] or list(term.words)
        return f"authors : ({' AND '.join(_phrase([w], _begins(term, w)) for w in long)})"
    if term.symbols:
        *before, last = [w if w.isalnum() else symbol_word(w) for w in term.symbols]
        phrases = [*(_phrase([word], False) for word in before), _phrase([last], term.prefix)]
        return f"({' AND '.join(phrases)})"
    if in_title or term.place is Place.TITLE:
        titled = [_phrase(map(title_word, words), term.prefix) for words in forms(term)]
        return f"({' OR '.join(titled)})"
    exact, *others = [_phrase(words, term.prefix) for words in forms(term)]
    if not may_be_in_a_name(term):
        return f"({{title abstract}} : {exact})"
    return f"({' OR '.join([exact, *(f'{{title abstract}} : {other}' for other in others)])})"


def _begins(term: Term, word: str) -> bool:
    return term.prefix and word == term.words[-1]


def _phrase(words: Iterable[str], prefix: bool) -> str:
    return f'"{" ".join(words)}"{" *" if prefix else ""}'


def _any_of(words: Iterable[str]) -> str:
    return f"({' OR '.join(f'{chr(34)}{word}{chr(34)}' for word in words)})"


_FIRST_YEAR, _LAST_YEAR = 1991, 2090  # arXiv's first, and the last that an id of today's form holds


def _months(first: date | None, last: date | None) -> list[str]:
    """Years and months, as words of the index, that hold every day from ``first`` to ``last``."""
    start = max((first.year, first.month) if first else (0, 0), (_FIRST_YEAR, 1))
    end = min((last.year, last.month) if last else (9999, 0), (_LAST_YEAR, 12))
    found = []
    for year in range(start[0], end[0] + 1):
        months = [m for m in range(1, 13) if start <= (year, m) <= end]
        whole = len(months) == 12
        found += [month(f"{year}")] if whole else [month(f"{year}-{m:02}") for m in months]
    return found or [month("0000")]
