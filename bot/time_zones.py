"""Which time zone database is in force: the newer of the system's and the ``tzdata`` package's.

Python asks the system's first, however old it is: governments change clocks at a few weeks' notice,
and a distribution may be years behind.
"""

import re
import zoneinfo
from collections.abc import Iterable
from pathlib import Path

import tzdata

_VERSION = re.compile(r"(?:# version )?(?P<version>[0-9]{4}[a-z]{1,2})\s")
_MAX_HEADER = 64  # characters, in which a database says its version
_VERSION_FILES = ("tzdata.zi", "+VERSION")  # of Linux distributions, of macOS and the BSDs


def use_newest() -> None:
    """Make ``zoneinfo`` read the package unless the system is as new. Before any zone is made."""
    if system_version(zoneinfo.TZPATH) < package_version():
        zoneinfo.reset_tzpath(())
        zoneinfo.ZoneInfo.clear_cache()


def version_in_force() -> str:
    """Such as ``2026f``; "" where a database does not say."""
    return system_version(zoneinfo.TZPATH) if zoneinfo.TZPATH else package_version()


def system_version(folders: Iterable[str]) -> str:
    """That of the first folder with a database, as ``zoneinfo`` looks; "" where none is told."""
    for folder in map(Path, folders):
        if (folder / "UTC").exists() or (folder / "Etc" / "UTC").exists():
            return max(_version_in(folder / name) for name in _VERSION_FILES)
    return ""


def package_version() -> str:
    return str(tzdata.IANA_VERSION)


def _version_in(file: Path) -> str:
    try:
        with file.open(encoding="ascii", errors="replace") as text:
            header = text.read(_MAX_HEADER)
    except OSError:
        return ""
    found = _VERSION.match(f"{header} ")
    return found["version"] if found else ""
