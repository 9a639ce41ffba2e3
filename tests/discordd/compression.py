"""Transport compression of the gateway: one stream for the life of a connection."""

import importlib
import zlib
from collections.abc import Callable
from typing import Protocol, TypeAlias

Compress: TypeAlias = Callable[[bytes], bytes]


class _Stream(Protocol):
    def compress(self, data: bytes) -> bytes: ...

    def flush(self, mode: int, /) -> bytes: ...


def compressor(wanted: str | None) -> Compress | None:
    """For `compress=` of the gateway's address; `None` means plain text frames.

    zstd-stream needs Python 3.14 or the package zstandard; without them text frames do, which
    discord.py reads just as well.
    """
    if wanted == "zlib-stream":
        return _streaming(zlib.compressobj(), zlib.Z_SYNC_FLUSH)
    if wanted == "zstd-stream":
        return _zstd()
    return None


def _streaming(stream: _Stream, flush: int) -> Compress:
    return lambda data: stream.compress(data) + stream.flush(flush)


def _zstd() -> Compress | None:
    try:
        standard = importlib.import_module("compression.zstd").ZstdCompressor
        return _streaming(standard(), standard.FLUSH_BLOCK)
    except ImportError:
        pass
    try:
        package = importlib.import_module("zstandard")
    except ImportError:
        return None
    return _streaming(package.ZstdCompressor().compressobj(), package.COMPRESSOBJ_FLUSH_BLOCK)
