"""Files for their owner alone: what members follow is in an archive, and beside it who works on it.

One that is there keeps its rights, as somebody may have given them on purpose.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Any


def opened(path: Path, mode: str) -> IO[Any]:
    """As ``path.open(mode)``."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def make(path: Path) -> None:
    """An empty file where there is none, for SQLite to take. Its own would be for all to read, and
    what it writes beside a file has that file's rights. It says best why none can be made."""
    if not path.exists():
        with suppress(OSError):
            opened(path, "ab").close()
