"""Where in an archive somebody is named: every column of every table of the file, whatever it is
for, so that a table of tomorrow is looked through as well."""

from collections.abc import Iterator

from sqlite_utils import Database


def named(db: Database, *words: int | str) -> set[str]:
    """``table.column`` of all values that hold one of ``words``."""
    wanted = [str(word) for word in words]
    return {place for place, value in _values(db) if any(word in value for word in wanted)}


def columns(db: Database, *names: str) -> set[str]:
    """``table.column`` of all columns that have one of these names."""
    found = ((table, column) for table in _tables(db) for column in _columns(db, table))
    return {f"{table}.{column}" for table, column in found if column in names}


def _values(db: Database) -> Iterator[tuple[str, str]]:
    for table in _tables(db):
        for column in _columns(db, table):
            for row in db.table(table).rows_where(select=f'"{column}" AS value'):
                value = row["value"]
                text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                yield f"{table}.{column}", text


def _tables(db: Database) -> list[str]:
    """SQLite's own too, and what stands behind the virtual ones."""
    return [
        row[0] for row in db.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]


def _columns(db: Database, table: str) -> list[str]:
    return [row[1] for row in db.conn.execute(f'PRAGMA table_xinfo("{table}")')]
