"""An archive in memory, for what needs no file."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from bot.store import migrations


@contextmanager
def archive() -> Iterator[Database]:
    with Database(memory=True) as db:
        migrations.bring_up_to_date(db)
        yield db
