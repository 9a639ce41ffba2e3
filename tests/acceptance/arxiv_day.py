"""A listing day in the tables of arXiv's test database, from its real mailing and papers of ours.

arXiv's test database has the mailing of 3 February 2011 and the papers in it, but little of what
the other servers read: what the announcement wrote into the table of updates, and the papers'
categories. That is made up here, by arXiv's own rules, with some papers that have what is hard to
read.
"""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DAY = date(2011, 2, 3)
_MAIL_ID = "110203"
_SUBMITTED = "2011-02-02 15:00:00"
_LICENSE = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
_ESCAPED = re.compile(r"""\\\\|\\"|\\n |(?<!\\)\\'(?=s )""")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was announced of a paper: ``kind`` is the mailing's word, ``added`` the categories of a
    cross-list.
    """

    arxiv_id: str
    kind: str
    version: int
    categories: tuple[str, ...]
    added: tuple[str, ...] = ()
    title: str = ""
    authors: str = ""
    abstract: str = ""

    @property
    def announced_in(self) -> tuple[str, ...]:
        return self.added if self.kind == "cross" else self.categories


# Invented: titles, names and kinds of announcement that are hard to read.
_OURS = (
    Entry(
        arxiv_id="1102.9001", kind="new", version=1, categories=("cs.CL", "cs.LG", "stat.ML"),
        title="Read & Write < 100 Words: \"Quotes\", 'Ticks' and 50% of R&D",
        authors="Ada Q. Example, Bo T. Sample (Institute of Examples, Nowhere), J.-P. Muster",
    ),
    Entry(
        arxiv_id="1102.9002", kind="new", version=1, categories=("cs.NA", "math.NA"),
        title="Schr\\\"odinger's $\\sqrt{s}$ and $H_0 < 70$\n  in \\emph{two} lines -- or three",
        authors="Fran\\c{c}ois Invent\\'e and J\\\"urgen M\\\"uster, Jr.",
    ),
    Entry(
        arxiv_id="1102.9003", kind="new", version=1, categories=("hep-ex",),
        title="0", authors="The EXAMPLE Collaboration: A. One, B. Two, C. Three",
    ),
    Entry(
        arxiv_id="1102.9004", kind="new", version=1, categories=("math-ph", "math.MP", "hep-th"),
        title="<b>Bold</b> claims, \\\"uberall: [1] *stars* _and_ #marks",
        authors="EXAMPLE Collaboration",
    ),
    Entry(
        arxiv_id="1102.9005", kind="new", version=1, categories=("eess.SY", "cs.SY"),
        title="Zürich, São Paulo, 東京: naïve façades", authors="E.One and B.S.Two",
    ),
    Entry(
        arxiv_id="1101.9001", kind="cross", version=1, categories=("stat.ML", "cs.LG", "cs.AI"),
        added=("cs.AI",), title="Listed later in cs.AI", authors="C. Cross",
    ),
    Entry(
        arxiv_id="1101.9002", kind="cross", version=1, categories=("cs.CL", "cs.IR"),
        added=("cs.IR",), title="Cross-listed within its archive", authors="C. Cross",
    ),
    Entry(
        arxiv_id="1101.9003", kind="rep", version=5, categories=("cs.CL", "stat.ML"),
        title="A fifth version", authors="R. Place",
    ),
    Entry(
        arxiv_id="1101.9004", kind="rep", version=6, categories=("cs.CL", "stat.ML"),
        title="A sixth version, which is not announced", authors="R. Place",
    ),
    Entry(
        arxiv_id="1101.9005", kind="jref", version=1, categories=("cs.CL",),
        title="Only its journal reference is new", authors="J. Ref",
    ),
)  # fmt: skip


def make(source: Path, target: Path) -> list[Entry]:
    """Writes the database; returns all that the mailing of DAY holds."""
    shutil.copy(source, target)
    with closing(sqlite3.connect(target)) as db, db:
        # arXiv's models have more columns than its test database.
        db.execute("ALTER TABLE arXiv_metadata ADD COLUMN published_at DATETIME")
        db.execute("DELETE FROM arXiv_document_category")
        db.execute("DELETE FROM arXiv_in_category")
        db.execute("DELETE FROM arXiv_updates WHERE date = ?", [str(DAY)])
        _unescape(db)
        for number, entry in enumerate(_OURS, 9_000_001):
            _add(db, number, entry)
        for document, categories in db.execute(
            "SELECT document_id, abs_categories FROM arXiv_metadata WHERE is_current = 1"
        ).fetchall():
            _categorise(db, document, categories.split())
        return list(_announce(db))


def _unescape(db: sqlite3.Connection) -> None:
    """Many texts of arXiv's test database still have the escapes of the SQL they came in."""
    rows = db.execute("SELECT title, authors, abstract, metadata_id FROM arXiv_metadata").fetchall()
    db.executemany(
        "UPDATE arXiv_metadata SET title = ?, authors = ?, abstract = ? WHERE metadata_id = ?",
        [(*map(_unescaped, texts), number) for *texts, number in rows],
    )


def _unescaped(text: str | None) -> str | None:
    if not text or not _ESCAPED.search(text):
        return text
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


def _add(db: sqlite3.Connection, number: int, entry: Entry) -> None:
    db.execute(
        "INSERT INTO arXiv_documents (document_id, paper_id, title, authors, submitter_email)"
        " VALUES (?, ?, ?, ?, 'nobody@example.org')",
        (number, entry.arxiv_id, entry.title, entry.authors),
    )
    for version in range(1, entry.version + 1):
        db.execute(
            "INSERT INTO arXiv_metadata (document_id, paper_id, created, updated, submitter_name,"
            " submitter_email, source_size, source_format, title, authors, abs_categories,"
            " abstract, license, version, modtime, is_current, is_withdrawn)"
            " VALUES (?, ?, ?, ?, 'Nobody', 'nobody@example.org', 1, 'tex', ?, ?, ?, ?, ?, ?,"
            " unixepoch(?), ?, 0)",
            (
                number, entry.arxiv_id, _SUBMITTED, _SUBMITTED, entry.title, entry.authors,
                " ".join(entry.categories), "  An abstract & more:\n  $x < y$.\n", _LICENSE,
                version, str(DAY), version == entry.version,
            ),
        )  # fmt: skip
    db.execute(
        "INSERT INTO arXiv_next_mail (submission_id, document_id, paper_id, version, type, extra,"
        " mail_id, is_written) VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
        (number, number, entry.arxiv_id, entry.version, entry.kind, " ".join(entry.added),
         _MAIL_ID),
    )  # fmt: skip


def _categorise(db: sqlite3.Connection, document: int, categories: list[str]) -> None:
    for place, category in enumerate(dict.fromkeys(categories)):
        archive, _, subject = category.partition(".")
        primary = int(place == 0)
        db.execute(
            "INSERT INTO arXiv_document_category VALUES (?, ?, ?)", (document, category, primary)
        )
        db.execute(
            "INSERT INTO arXiv_in_category VALUES (?, ?, ?, ?)",
            (document, archive, subject, primary),
        )


def _announce(db: sqlite3.Connection) -> Iterator[Entry]:
    """Writes the mailing into the table of updates, a row for each category."""
    actions = {"new": "new", "cross": "cross", "rep": "replace", "wdr": "replace"}
    rows = db.execute(
        "SELECT document_id, m.paper_id, type, n.version, extra, abs_categories, title, authors,"
        " abstract"
        " FROM arXiv_next_mail n JOIN arXiv_metadata m USING (document_id)"
        " WHERE mail_id = ? AND is_current = 1",
        [_MAIL_ID],
    )
    for document, arxiv_id, kind, version, extra, categories, *texts in rows.fetchall():
        title, authors, abstract = texts
        entry = Entry(
            arxiv_id=arxiv_id, kind=kind, version=version, categories=tuple(categories.split()),
            added=tuple((extra or "").split()), title=title, authors=authors, abstract=abstract,
        )  # fmt: skip
        for category in entry.announced_in:
            db.execute(
                "INSERT OR IGNORE INTO arXiv_updates VALUES (?, ?, ?, ?, ?, ?)",
                (document, version, str(DAY), actions.get(kind, "absonly"),
                 category.partition(".")[0], category),
            )  # fmt: skip
        yield entry


def changed(database: Path) -> dict[str, date]:
    """The UTC day on which each paper's record was changed, as OAI-PMH tells it."""
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute(
            "SELECT paper_id, date(modtime, 'unixepoch') FROM arXiv_metadata WHERE is_current = 1"
        )
        return {arxiv_id: date.fromisoformat(day) for arxiv_id, day in rows}
