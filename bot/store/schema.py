"""Whether an archive's schema is the one that the migrations make, and what of it can be mended."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from sqlite_utils import Database

from bot.store import migrations

# What SQLite, the migrations and Litestream keep for themselves in the same file.
_NOT_OURS = ("sqlite_", "_litestream_", migrations.steps.migrations_table)
_VIRTUAL = "CREATE VIRTUAL TABLE"
# Tables of which every row can be derived or asked for again.
_DERIVED = ("totals", "ranking_totals", "http_validators", "papers_fts")
_INDEX = "papers_fts"


@dataclass(frozen=True, slots=True)
class Column:
    """``place`` is where it stands in the primary key, from 1; 0 when it does not."""

    name: str
    kind: str
    is_required: bool
    default: str | None
    place: int


@dataclass(frozen=True, slots=True)
class _Object:
    """A table, index, trigger or view, with the SQL that made it."""

    kind: str
    name: str
    table: str
    sql: str

    @property
    def is_virtual(self) -> bool:
        return self.sql.upper().startswith(_VIRTUAL)

    @property
    def is_shadow(self) -> bool:
        """Of the full-text index's own tables, which SQLite's version words."""
        return self.kind == "table" and self.name.startswith(f"{_INDEX}_")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


_Objects = dict[tuple[str, str], _Object]


def problems(db: Database) -> Iterator[str]:
    """What is missing, additional or changed, each by its name."""
    with closing(_wanted()) as connection:
        right = Database(connection)
        expected, found = _objects(right), _objects(db)
        for key, one in expected.items():
            if key in found:
                yield from _differences(one, found[key], right, db)
            elif not _is_lost_with_another(one, found):
                yield f"{one} is missing"
        for key, one in found.items():
            if key not in expected:
                on = "" if one.kind in ("table", "view") else f" on table {one.table}"
                yield f"{one}{on} is additional"


def _is_lost_with_another(one: _Object, found: _Objects) -> bool:
    """An index with its table, a table of the full-text index with that."""
    of = _INDEX if one.is_shadow else one.table
    return of != one.name and ("table", of) not in found


def _differences(expected: _Object, found: _Object, right: Database, db: Database) -> list[str]:
    said = []
    if expected.kind == "table" and not expected.is_virtual:
        had, has = columns(right, expected.name), columns(db, expected.name)
        for name in had | has:
            if name not in has:
                said.append(f"column {expected.name}.{name} is missing")
            elif name not in had:
                said.append(f"column {expected.name}.{name} is additional")
            elif had[name] != has[name] and not expected.is_shadow:
                said.append(f"column {expected.name}.{name} is declared otherwise")
    if not said and not expected.is_shadow and _plain(expected.sql) != _plain(found.sql):
        said.append(f"{expected} is defined otherwise")
    return said


def mend(db: Database) -> None:
    """Drop triggers, views and indexes that are not ours, which hold nothing themselves; make
    missing indexes and derived tables. Tables and columns that are lost, or additional, stay so:
    what they held is in a backup alone, and an empty ledger would post everything again.

    Whoever calls it fills the derived tables. Nothing that cannot be made ends it.
    """
    with closing(_wanted()) as connection:
        right = Database(connection)
        expected = _objects(right)
        for key, one in _objects(db).items():
            if key not in expected and one.kind != "table":
                db.conn.execute(f"DROP {one.kind} {_quoted(one.name)}")
        found = _objects(db)
        missing = [one for key, one in expected.items() if key not in found]
        if any(one.name == _INDEX for one in missing):  # FTS5 makes its own tables with it
            for one in found.values():
                if one.is_shadow:
                    db.conn.execute(f"DROP TABLE {_quoted(one.name)}")
            missing = [one for one in missing if not one.is_shadow]
        # Tables come before their indexes here, as they were made.
        for one in missing:
            is_derived = one.name in _DERIVED or one.is_shadow
            table_is_there = ("table", one.table) in _objects(db)
            if is_derived if one.kind == "table" else table_is_there:
                _make(db, right, one)


def _make(db: Database, right: Database, one: _Object) -> None:
    db.conn.execute("SAVEPOINT made")
    try:
        db.conn.execute(one.sql)
        if one.is_shadow:
            _copy(db, right, one.name)
        if one.name == _INDEX:
            db.conn.execute(f"DELETE FROM {_INDEX}_config")
            _copy(db, right, f"{_INDEX}_config")
    except sqlite3.Error:  # rows that are not unique any more: it stays missing, and is told
        db.conn.execute("ROLLBACK TO made")
    db.conn.execute("RELEASE made")


def _copy(db: Database, right: Database, table: str) -> None:
    for row in right.conn.execute(f"SELECT * FROM {table}").fetchall():
        marks = ", ".join("?" for _ in row)
        db.conn.execute(f"INSERT INTO {table} VALUES ({marks})", row)


def tables(db: Database) -> list[str]:
    """Our own tables that are there, but for the full-text index."""
    with closing(_wanted()) as connection:
        expected = _objects(Database(connection))
    return [
        one.name
        for key, one in _objects(db).items()
        if one.kind == "table" and key in expected and not one.is_virtual and not one.is_shadow
    ]


def columns(db: Database, table: str) -> dict[str, Column]:
    """A table's columns by name, in their order."""
    rows = db.conn.execute(
        'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', [table]
    )
    return {
        row[0]: Column(row[0], row[1].upper(), bool(row[2] or row[4]), row[3], row[4])
        for row in rows
    }


def _wanted() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.bring_up_to_date(Database(connection))
    return connection


def _objects(db: Database) -> _Objects:
    rows = db.conn.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    )
    return {row[:2]: _Object(*row) for row in rows if not row[1].startswith(_NOT_OURS)}


def _plain(sql: str) -> str:
    """Without comments, and with one space at most."""
    said = " ".join(re.sub(r"--[^\n]*", "", sql).split())
    return re.sub(r"\s*([(),])\s*", r"\1", said).replace('"', "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
