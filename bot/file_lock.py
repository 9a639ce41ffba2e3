"""``flock``: a lock on an open file or folder that ends when it is closed, as with its process."""

import fcntl
from typing import IO, Any


def lock(file: int | IO[Any], *, shared: bool = False) -> None:
    """Wait for the lock. ``shared`` ones go together. Raises OSError where there are no locks."""
    fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def try_lock(file: int | IO[Any], *, shared: bool = False) -> bool:
    """Whether it is locked for us now, which another's lock prevents. Raises as ``lock``."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
