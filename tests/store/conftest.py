"""A new archive for each test."""

from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from tests.store import memory


@pytest.fixture
def db() -> Iterator[Database]:
    with memory.archive() as database:
        yield database
