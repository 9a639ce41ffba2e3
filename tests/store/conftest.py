"""A new archive for each test; a machine with one, and a backup of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.store import memory
from tests.store.move_files import DAY, TEXT, run


@pytest.fixture
def db() -> Iterator[Database]:
    with memory.archive() as database:
        yield database


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The configuration of a machine with an archive that holds one imported day."""
    folder = tmp_path / "old"
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text(
        '[archive]\npath = "data/a.db"\n[discord]\nproxy = "http://me:secret@proxy.example:8080"\n'
    )
    post = folder / f"{DAY}---Hot-Papers.md"
    post.write_text(TEXT)
    assert run(config, "import", post).exit_code == 0
    return config


@pytest.fixture
def made(old: Path, tmp_path: Path) -> Path:
    file = tmp_path / "hotpapers.zip"
    result = run(old, "backup", file)
    assert result.exit_code == 0, result.exception
    return file
