"""Files written whole, and those for their owner alone: what members follow is in an archive, and
beside it who works on it.

One that is there keeps its rights, as somebody may have given them on purpose.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

PRIVATE = 0o600


def open_private(path: Path, mode: str, rights: int = PRIVATE) -> IO[Any]:
    """As ``path.open(mode)``; the umask takes from ``rights``, which a new file gets."""
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "")
    return open(
        path,
        mode,
        encoding=encoding,
        newline=newline,
        opener=lambda name, flags: os.open(name, flags, rights),
    )


def create_empty(path: Path) -> None:
    """An empty file where there is none, for SQLite to take. Its own would be for all to read, and
    what it writes beside a file has that file's rights. It says best why none can be made."""
    if not path.exists():
        with suppress(OSError):
            open_private(path, "ab").close()


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place, whole and on the disk, when the block ends.

    When the block fails, ``path`` stays as it is. Its name is always the same, so that the next
    one takes away what a killed process left.
    """
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    try:
        yield draft
        sync(draft)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def write(path: Path, text: str, rights: int = PRIVATE) -> None:
    """Write a file whole or not at all; for its owner alone unless ``rights`` say otherwise."""
    with replacement(path) as draft, open_private(draft, "x", rights) as file:
        file.write(text)


def sync(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
