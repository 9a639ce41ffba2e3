"""Remembering what a server called its last answer, so that it need not send it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An answer's ETag and Last-Modified as they were sent (RFC 9110, 8.8), empty where it had
    none, and what its reader noted of it.
    """

    etag: str = ""
    last_modified: str = ""
    note: str = ""


class Validators(Protocol):
    """Keeps what is remembered of a URL, all of it or nothing; the archive has one."""

    async def get(self, url: str) -> Remembered | None: ...

    async def put(self, url: str, remembered: Remembered) -> None: ...


class MemoryValidators:
    """Forgets when the process ends."""

    def __init__(self) -> None:
        self._kept: dict[str, Remembered] = {}

    async def get(self, url: str) -> Remembered | None:
        return self._kept.get(url)

    async def put(self, url: str, remembered: Remembered) -> None:
        self._kept[url] = remembered


def conditions(kept: Remembered | None) -> Mapping[str, str]:
    """The request headers that ask for an answer only when it has changed."""
    kept = kept or Remembered()
    headers = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in headers.items() if value}
