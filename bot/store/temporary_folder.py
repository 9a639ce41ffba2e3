"""Folders for files that are renamed into place when they are whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot import file_lock
from bot.errors import StoreError
from bot.problems import Code, Problem

_PREFIX = ".hotpapers-"


@contextmanager
def temporary_folder(folder: Path | None) -> Iterator[Path]:
    """A folder beside the target, so that what is made there can be renamed into place.

    It is locked while it is used: one that is not is a killed process's, and goes.
    """
    try:
        if folder is not None:
            _sweep(folder)
        made, lock = _locked(folder)
    except OSError as error:
        why = error.strerror
        raise StoreError(Problem(Code.FOLDER_NOT_WRITABLE, folder=folder, error=why)) from error
    try:
        yield Path(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path | None) -> tuple[str, int]:
    while True:
        made = tempfile.mkdtemp(prefix=_PREFIX, dir=folder)
        with suppress(FileNotFoundError):  # swept away before it was locked
            handle = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
            with suppress(OSError):  # a file system without locks, where nothing is swept
                file_lock.lock(handle)
            if os.fstat(handle).st_nlink:
                return made, handle
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left, of this user's."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if file_lock.try_lock(handle) and os.fstat(handle).st_uid == os.geteuid():
                    shutil.rmtree(left)
            finally:
                os.close(handle)
