"""The full-text index of papers, kept up to date. ``search`` asks it.

Each paper is one row of ``papers_fts``, an FTS5 table that holds no texts of its own. It indexes
them as ``bot.search.fold`` leaves them, so that case, accents and TeX hide nothing, and beside them
words that stand for its category patterns, its month and year, its words with symbols (C++, whose
text is indexed as "c"), and each word of its title: a word
that is in every second abstract and few titles is looked for in titles as fast as any other. Its
tokenizer takes whatever is not ASCII for a letter, which is true of folded text. Its rowid is
``ROWID``: FTS5 hands out matches in the order of rowids (backwards too, at almost twice the cost),
so the most noticed (and of those without attention the newest) come first and a search for
"learning" stops after a few hundred of its hundred thousands. Raising a paper's attention moves
its row.

A row of such a table is removed by naming the words it was indexed with (https://sqlite.org/fts5,
"The 'delete' Command"); they are derived again from the stored paper. Whoever changes ``fold`` or
``subjects.token`` must ``rebuild`` in a migration.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from sqlite_utils import Database

from bot.search import fold
from bot.search.normalize import symbol_words
from bot.store import category_patterns
from bot.store.codecs import dump, strings_or_none
from bot.store.packed import unpack

_KEY_BITS = 32
_LAST_KEY = (1 << _KEY_BITS) - 1
_MAX_ATTENTION = (1 << 30) - 1

ROWID = f"(({_MAX_ATTENTION} - attention) << {_KEY_BITS} | ({_LAST_KEY} - id))"
"""SQL for the place of a row of ``papers`` in the index."""
KEY = f"({_LAST_KEY} - (papers_fts.rowid & {_LAST_KEY}))"
"""SQL for the ``id`` of the paper at a place of the index."""


class Indexed(NamedTuple):
    """What the index knows of a paper, as columns of ``papers``."""

    key: int
    arxiv_id: str
    attention: int
    title: str
    abstract: str | bytes
    authors: str
    categories: str
    day: str | None


_SELECT = """
    SELECT id, arxiv_id, iif(typeof(attention) = 'integer', attention, 0), title, abstract, authors,
        categories, first_day FROM papers
"""


def indexed(db: Database, arxiv_ids: Collection[str]) -> dict[int, Indexed]:
    """What the index holds of these papers, by their key; those not in the archive are missing."""
    rows = db.conn.execute(
        f"{_SELECT} WHERE arxiv_id IN (SELECT value FROM json_each(?))",
        [dump(list(arxiv_ids))],
    )
    return {row[0]: Indexed(*row) for row in rows}


def update(db: Database, before: Mapping[int, Indexed], after: Mapping[int, Indexed]) -> None:
    """Index ``after`` in place of ``before``. What is the same in both is not touched."""
    gone = [(_rowid(old), False, old) for key, old in before.items() if after.get(key) != old]
    come = [(_rowid(new), True, new) for key, new in after.items() if before.get(key) != new]
    # In the order of rowids FTS5 writes them in one go; in any other, one by one.
    changes = sorted(gone + come, key=lambda change: change[:2])
    for added, group in groupby(changes, key=lambda change: change[1]):
        db.conn.executemany(
            _ADD if added else _REMOVE, ((rowid, *_texts(paper)) for rowid, _, paper in group)
        )


_ADD = "INSERT INTO papers_fts (rowid, title, abstract, authors, subjects) VALUES (?, ?, ?, ?, ?)"
_REMOVE = """
    INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors, subjects)
    VALUES ('delete', ?, ?, ?, ?, ?)
"""


def best(arxiv_id: str) -> str:
    """SQL for what the attention of the paper with this id should be: its best score of our own,
    else what the blog's counts are worth."""
    return f"""CAST(min({_MAX_ATTENTION}, coalesce(
        (SELECT max(score) FROM standings WHERE standings.arxiv_id = {arxiv_id}),
        (SELECT max(printed.attention) FROM blog_papers AS printed
         WHERE printed.arxiv_id = {arxiv_id}), 0)) AS INTEGER)"""


def refresh_attention(db: Database, arxiv_ids: Collection[str]) -> None:
    """Bring the papers' attention in line with their standings, else with the blog's counts."""
    rows = db.conn.execute(
        f"""WITH wanted AS (SELECT value AS arxiv_id FROM json_each(?)),
            found AS (SELECT arxiv_id, {best("wanted.arxiv_id")} AS best FROM wanted)
            SELECT id, best FROM papers JOIN found USING (arxiv_id) WHERE attention <> best""",
        [dump(sorted(map(str, arxiv_ids)))],
    ).fetchall()
    changed = {row[0]: int(row[1]) for row in rows}
    before = _by_key(db, changed)
    db.conn.executemany(
        "UPDATE papers SET attention = ? WHERE id = ?",
        [(attention, key) for key, attention in changed.items()],
    )
    after = {key: old._replace(attention=changed[key]) for key, old in before.items()}
    update(db, before, after)


def rebuild(db: Database) -> None:
    """Index every paper anew."""
    db.conn.execute("INSERT INTO papers_fts (papers_fts) VALUES ('delete-all')")
    rows = db.conn.execute(f"{_SELECT} ORDER BY attention DESC, id DESC")
    while batch := rows.fetchmany(1000):
        update(db, {}, {row[0]: Indexed(*row) for row in batch})


def add_symbols(db: Database) -> None:
    """Index the papers with symbols anew in an index that was made without ``symbol_word``."""
    rows = db.conn.execute(f"{_SELECT} ORDER BY attention DESC, id DESC")
    while batch := rows.fetchmany(1000):
        texts = [(_rowid(paper), _texts(paper)) for paper in itertools.starmap(Indexed, batch)]
        changed = [(rowid, text) for rowid, text in texts if _SYMBOL_MARK in text[-1]]
        db.conn.executemany(
            _REMOVE,
            ((rowid, *text[:-1], _without_symbols(text[-1])) for rowid, text in changed),
        )
        db.conn.executemany(_ADD, ((rowid, *text) for rowid, text in changed))


def _without_symbols(subjects: str) -> str:
    return " ".join(word for word in subjects.split(" ") if not word.startswith(_SYMBOL_MARK))


def holds(db: Database, key: int, attention: int, title: str) -> bool:
    """Whether the index has these words of a title side by side at the paper's place."""
    words = fold(title).split()
    if not words:
        return True
    row = db.conn.execute(
        "SELECT 1 FROM papers_fts WHERE papers_fts MATCH ? AND rowid = ?",
        [f'title : "{" ".join(words)}"', _place(attention, key)],
    ).fetchone()
    return row is not None


def _by_key(db: Database, keys: Iterable[int]) -> dict[int, Indexed]:
    rows = db.conn.execute(
        f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))",
        [dump(list(keys))],
    )
    return {row[0]: Indexed(*row) for row in rows}


def _rowid(paper: Indexed) -> int:
    return _place(paper.attention, paper.key)


def _place(attention: int, key: int) -> int:
    """As ``ROWID``."""
    return (_MAX_ATTENTION - attention) << _KEY_BITS | (_LAST_KEY - key)


# Between two authors, so that no phrase reaches from one name into the next.
_BETWEEN = " \ue002 "


def _texts(paper: Indexed) -> tuple[str, str, str, str]:
    """Title, abstract, authors and subjects as they are indexed."""
    tokens = [_patterns(paper.categories)]
    if isinstance(paper.day, str):
        tokens += [month(paper.day[:7]), month(paper.day[:4])]
    title = paper.title if isinstance(paper.title, str) else ""
    try:
        abstract = unpack(paper.abstract)
    except ValueError:
        abstract = ""
    tokens += map(title_word, fold(title).split())
    tokens += map(symbol_word, dict.fromkeys([*symbol_words(title), *symbol_words(abstract)]))
    return (
        _words(title),
        _words(abstract),
        _BETWEEN.join(map(_words, strings_or_none(paper.authors))),
        " ".join(tokens),
    )


@lru_cache(maxsize=4096)
def _patterns(categories: str) -> str:
    """The words that stand for them. Few combinations of categories are most papers'."""
    return " ".join(
        map(category_patterns.token, category_patterns.covering(strings_or_none(categories)))
    )


def _words(text: str) -> str:
    """As ``fold``. ASCII needs none: the index splits and lowers it in the same way. So of a text
    only those words are folded that are something else, which are few."""
    if text.isascii():
        return text
    return " ".join(word if word.isascii() else fold(word) for word in text.split())


def title_word(word: str) -> str:
    """A folded word of a title as a word of the index. They stand in the title's order."""
    return f"\ue003{word}"


_SYMBOL_MARK = "\ue004"
_LETTERS_FOR_SYMBOLS = str.maketrans("-+#*^_", "\ue005\ue006\ue007\ue008\ue009\ue00a")


def symbol_word(word: str) -> str:
    """One of ``symbol_words`` as a word of the index, to whose tokenizer no symbol is a letter."""
    return f"{_SYMBOL_MARK}{word.translate(_LETTERS_FOR_SYMBOLS)}"


def month(text: str) -> str:
    """A month (2021-03) or a year (2021) as a word of the index."""
    return "\ue001" + text.replace("-", "")
