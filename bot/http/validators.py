"""Remembering what a server called its last answer, so that it need not send it again."""

from collections.abc import Mapping
from typing import Protocol


class Validators(Protocol):
    """Keeps the ETag and Last-Modified of a URL (RFC 9110, 8.8); the archive has one."""

    async def get(self, url: str) -> tuple[str | None, str | None] | None: ...

    async def put(self, url: str, etag: str | None, last_modified: str | None) -> None: ...


class MemoryValidators:
    """Forgets when the process ends."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str | None, str | None]] = {}

    async def get(self, url: str) -> tuple[str | None, str | None] | None:
        return self._kept.get(url)

    async def put(self, url: str, etag: str | None, last_modified: str | None) -> None:
        self._kept[url] = (etag, last_modified)


def conditions(kept: tuple[str | None, str | None] | None) -> Mapping[str, str]:
    """The request headers that ask for an answer only when it has changed."""
    etag, last_modified = kept or (None, None)
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}
