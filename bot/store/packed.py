"""Texts in few bytes: the one place that knows how abstracts, and what arXiv sent, are stored.

A column of such texts holds TEXT as it is, or a BLOB. Of an abstract a BLOB is the number of the
dictionary in one byte, then the UTF-8 text as raw DEFLATE (RFC 1951) with that preset dictionary.
Of a text that stands beside another one, such as an abstract as arXiv sent it beside the abstract
as it is shown, it is DEFLATE with the other text for its dictionary; an empty BLOB says that both
are the same. Any zlib reads that: docs/archive.md shows how.
"""

import zlib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from bot.store.codecs import text as as_text

MAX_BYTES = 4_000_000
"""Of a text that is packed. The longest that a source lets in has an eighth of it; a damaged or
hostile row unpacks to no more."""

_DICTIONARY = 1
_DICTIONARIES = {_DICTIONARY: "abstracts.txt"}
"""Files in ``data``. None is ever changed: a better one gets the next number."""

_RAW = -zlib.MAX_WBITS
_LEVEL = 5  # as small as with 9 to a fiftieth, in half its time


def pack(text: str) -> str | bytes:
    """An abstract as it is stored."""
    # Copied, because reading the dictionary takes longer than packing an abstract.
    packed = bytes([_DICTIONARY]) + _deflated(text, _prepared().copy())
    return _shorter(text, packed)


def unpack(value: Any) -> str:
    """An abstract that was stored. Raises ValueError with what is wrong with ``value``."""
    if not isinstance(value, bytes):
        return as_text(value)
    if not value or value[0] not in _DICTIONARIES:
        raise ValueError("is a blob of no known packing, or text that is no UTF-8")
    return _inflated(value[1:], _dictionary(value[0]))


def pack_beside(text: str, other: str) -> str | bytes:
    """A text as it is stored beside ``other``, which is mostly the same."""
    if text == other:
        return b""
    return _shorter(text, _deflated(text, _compressor(other.encode())))


def unpack_beside(value: Any, other: str) -> str:
    """A text that was stored so. Raises ValueError with what is wrong with ``value``."""
    if not isinstance(value, bytes):
        return as_text(value)
    return _inflated(value, other.encode()) if value else other


def unpack_all_beside(
    names: Iterable[str], values: Iterable[Any], others: Iterable[str]
) -> list[str]:
    """Several of them. Raises ValueError that begins with the name of the first that is wrong."""
    texts = []
    for name, value, other in zip(names, values, others, strict=True):
        try:
            texts.append(unpack_beside(value, other))
        except ValueError as error:
            raise ValueError(f"{name} {error}") from error
    return texts


def stored_beside(value: Any) -> str | bytes:
    """What ``unpack_beside`` takes, before the other text is known."""
    return value if isinstance(value, bytes) else as_text(value)


@cache
def _dictionary(number: int) -> bytes:
    return (resources.files("bot.store") / "data" / _DICTIONARIES[number]).read_bytes()


@cache
def _prepared() -> "zlib._Compress":
    return _compressor(_dictionary(_DICTIONARY))


def _compressor(dictionary: bytes) -> "zlib._Compress":
    return zlib.compressobj(_LEVEL, wbits=_RAW, zdict=dictionary)


def _deflated(text: str, compressor: "zlib._Compress") -> bytes:
    return compressor.compress(text.encode()) + compressor.flush()


def _shorter(text: str, packed: bytes) -> str | bytes:
    size = len(text.encode())
    return packed if len(packed) < size <= MAX_BYTES else text


def _inflated(data: bytes, dictionary: bytes) -> str:
    reader = zlib.decompressobj(_RAW, zdict=dictionary)
    try:
        encoded = reader.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise ValueError("is a blob that cannot be unpacked") from error
    if not reader.eof or reader.unused_data:
        raise ValueError("is a blob that is cut off, or unpacks to too much")
    return encoded.decode()  # UnicodeDecodeError is a ValueError
