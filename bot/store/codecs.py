"""How values are written in the archive's columns, in one place.

What reads one raises ValueError that says what is wrong with a value that cannot be read.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

import msgspec

from bot.problems import Problem

T = TypeVar("T")
Kind = TypeVar("Kind", bound=StrEnum)

LAST_INSTANT = 253_402_300_799
"""The last second of the year 9999."""

_STRINGS = msgspec.json.Decoder(tuple[str, ...])


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def maybe_seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def dump(value: object) -> str:
    """JSON text, non-ASCII characters as they are, so that full-text search sees them."""
    return msgspec.json.encode(value).decode()


def problem_columns(problem: Problem | None) -> tuple[str | None, str | None]:
    """For a column of the code and one of the arguments."""
    return (None, None) if problem is None else (str(problem.code), problem.to_json())


# --- as they are read ---------------------------------------------------------------------------


def utf8(value: bytes) -> str | bytes:
    """A text as SQLite holds it. One that is no UTF-8 comes as bytes, which no column takes; else
    SQLite's rows could not even be counted past it."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(f"is {_kind(value)}, no text")
    return value


def integer(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"is {_kind(value)}, no whole number")
    return value


def number(value: Any) -> float:
    if type(value) not in (float, int) or not isfinite(value):
        raise ValueError(f"is {_kind(value)}, no number")
    return float(value)


def flag(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError(f"is {_kind(value)}, neither 0 nor 1")
    return bool(value)


def instant(value: Any) -> datetime:
    try:
        return datetime.fromtimestamp(integer(value), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("is no time in seconds since 1970") from error


def day(value: Any) -> date:
    try:
        found = date.fromisoformat(value)
        if found.isoformat() == value:
            return found
    except (TypeError, ValueError):
        pass
    raise ValueError("is no day as YYYY-MM-DD")


def clock_time(value: Any) -> time:
    try:
        return time.fromisoformat(text(value))
    except ValueError as error:
        raise ValueError("is no time as HH:MM") from error


def strings(value: Any) -> tuple[str, ...]:
    """A JSON list of strings."""
    try:
        return _STRINGS.decode(text(value))
    except ValueError as error:
        raise ValueError("is no JSON list of strings") from error


def strings_or_none(value: Any) -> tuple[str, ...]:
    """As ``strings``, for what is only derived from them: a row that cannot be read has none."""
    try:
        return strings(value)
    except ValueError:
        return ()


def maybe(read: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """As ``read``, and None for NULL."""
    return lambda value: None if value is None else read(value)


def one_of(kinds: type[Kind]) -> Callable[[Any], Kind]:
    known: dict[object, Kind] = {kind.value: kind for kind in kinds}

    def read(value: Any) -> Kind:
        try:
            return known[value]
        except KeyError:
            raise ValueError(f"is none of {', '.join(kind.value for kind in kinds)}") from None

    return read


def json(kind: type[T] | Any) -> Callable[[Any], T]:
    """JSON of this type."""
    decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def read(value: Any) -> T:
        try:
            return decoder.decode(text(value))
        except ValueError as error:
            raise ValueError("is no JSON of what belongs there") from error

    return read


maybe_instant = maybe(instant)


def arguments(value: Any) -> str:
    """Those of a problem, as JSON."""
    try:
        Problem.from_json("legacy", text(value))
    except ValueError as error:
        raise ValueError("is no JSON object") from error
    return str(value)


def problem(code: str | None, args: str | None) -> Problem | None:
    """Of the two columns as ``text`` and ``arguments`` read them."""
    return None if code is None else Problem.from_json(code, args or "{}")


def _kind(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return "a blob, or text that is no UTF-8"
    return "a text" if isinstance(value, str) else f"the number {value}"
