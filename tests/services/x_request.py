"""Reading a request as X does: every parameter known, every value inside its bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from tests.services.x_posts import Vocabulary
from tests.services.x_query import BadQuery, Matcher, compiled

RECENT = timedelta(days=7)
_SHOWN = {"expansions", "user.fields", "media.fields", "poll.fields", "place.fields"}
_WHERE = {"query", "start_time", "end_time", "since_id", "until_id", "next_token"}
_WHERE |= {"pagination_token"}
SEARCH = _WHERE | {"max_results", "sort_order"} | _SHOWN
COUNTS = _WHERE | {"granularity", "search_count.fields"}
LOOKUP = {"ids"} | _SHOWN
BUCKETS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


class Invalid(ValueError):
    """A parameter that X refuses with status 400."""

    def __init__(self, parameter: str, value: str, message: str) -> None:
        super().__init__(message)
        self.parameter, self.value = parameter, value


@dataclass(frozen=True, slots=True)
class Search:
    """``below`` is the id under which the page begins, from a page token."""

    matches: Matcher
    start: datetime
    end: datetime
    since_id: int
    until_id: int | None
    size: int
    below: int | None


def check_names(query: Mapping[str, str], allowed: set[str]) -> None:
    for name, value in query.items():
        if name not in allowed:
            message = f"The query parameter [{name}] is not one of [{','.join(sorted(allowed))}]"
            raise Invalid(name, value, message)


def shown_fields(query: Mapping[str, str], names: Vocabulary) -> tuple[frozenset[str], set[str]]:
    """The post's fields, with those that expansions bring, and the expansions."""
    fields = set(filter(None, query.get(names.parameter, "").split(",")))
    expansions = set(filter(None, query.get("expansions", "").split(",")))
    for parameter, values, known in (
        (names.parameter, fields, names.fields),
        ("expansions", expansions, names.expansions.keys()),
    ):
        for value in sorted(values - known):
            message = f"The `{parameter}` query parameter value [{value}] is not one of {known}"
            raise Invalid(parameter, value, message)
    return frozenset(fields | {names.expansions[name] for name in expansions}), expansions


def search(
    query: Mapping[str, str], archive: bool, now: datetime, strict_tokens: bool = False
) -> Search:
    text = query.get("query", "")
    longest = 1024 if archive else 512
    if not 1 <= len(text) <= longest:
        message = f"Rule length ({len(text)}) must be between 1 and {longest} characters"
        raise Invalid("query", text, message)
    try:
        matches = compiled(text, strict_tokens)
    except BadQuery as problem:
        message = f"There were errors processing your request: {problem} (at position 1)"
        raise Invalid("query", text, message) from problem
    start, end = _window(query, archive, now)
    return Search(
        matches,
        start,
        end,
        _number(query, "since_id", 0),
        _number(query, "until_id", 0) or None,
        _size(query, 500 if archive else 100),
        _below(text, query.get("next_token") or query.get("pagination_token")),
    )


def _size(query: Mapping[str, str], most: int) -> int:
    size = _number(query, "max_results", 10)
    if not 10 <= size <= most:
        message = f"The `max_results` query parameter value [{size}] is not between 10 and {most}"
        raise Invalid("max_results", str(size), message)
    return size


def _window(query: Mapping[str, str], archive: bool, now: datetime) -> tuple[datetime, datetime]:
    """Both ends; recent search ends 30 seconds ago and reaches back seven days."""
    end = _time(query, "end_time", now - timedelta(seconds=30))
    if end > now - timedelta(seconds=10):
        message = "Invalid 'end_time'. 'end_time' must be a minimum of 10 seconds prior to now"
        raise Invalid("end_time", query["end_time"], message)
    oldest = now - RECENT
    start = _time(query, "start_time", end - timedelta(days=30) if archive else oldest)
    if not archive and start < oldest:
        message = f"Invalid 'start_time'. 'start_time' must be on or after {oldest:%Y-%m-%dT%H:%MZ}"
        raise Invalid("start_time", query["start_time"], message)
    if start >= end:
        raise Invalid("start_time", query.get("start_time", ""), "'start_time' must be before end")
    return start, end


def _time(query: Mapping[str, str], name: str, default: datetime) -> datetime:
    text = query.get(name)
    if text is None:
        return default
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as problem:
        raise Invalid(name, text, f"`{name}` is not an RFC 3339 time") from problem


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise Invalid(name, text, f"The `{name}` query parameter value [{text}] is not valid")
    return int(text)


def page_token(query: str, last_id: int) -> str:
    """Says where the next page begins. It never expires and always means the same page."""
    return f"b26v89c{crc32(query.encode()):08x}{last_id:x}"


def _below(query: str, token: str | None) -> int | None:
    if token is None:
        return None
    try:
        last_id = int(token[15:], 16)
    except ValueError:
        last_id = -1
    if token != page_token(query, last_id):
        raise Invalid("next_token", token, f"Invalid 'next_token'. [{token}] is not valid")
    return last_id
