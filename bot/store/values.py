"""How values are written in the archive's columns, in one place."""

from datetime import UTC, date, datetime

import msgspec

_STRINGS = msgspec.json.Decoder(tuple[str, ...])


def seconds(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def maybe_seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def instant(value: int) -> datetime:
    return datetime.fromtimestamp(value, UTC)


def maybe_instant(value: int | None) -> datetime | None:
    return None if value is None else instant(value)


def day(value: str) -> date:
    return date.fromisoformat(value)


def dump(value: object) -> str:
    """JSON text, non-ASCII characters as they are, so that full-text search sees them."""
    return msgspec.json.encode(value).decode()


def strings(value: str) -> tuple[str, ...]:
    """A JSON list of strings."""
    return _STRINGS.decode(value)
