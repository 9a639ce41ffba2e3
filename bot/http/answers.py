"""What an answer means: from status, headers, URL and body to values and errors."""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

from yarl import URL

from bot.errors import Malformed, Refused, SourceError, Throttled, Unreachable
from bot.problems import Code, Problem

# 406 is how arXiv's edge refuses clients since September 2026, with an empty body and no
# Retry-After; it never means that a paper does not exist.
THROTTLES = frozenset({406, 429, 503})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# A header that asks for longer than this is a mistake, or a reason to ask again tomorrow.
MAX_WAIT = timedelta(days=1)

_SECRET = re.compile(r"(token|key|secret|passw(or)?d|auth(orization)?|signature|sig|jwt)$", re.I)
_PAGING = frozenset({"resumptiontoken", "next_token", "previous_token", "pagination_token"})
# What may follow a redirect to another origin. Everything else could be a credential.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})


P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An accepted answer. ``body`` is decompressed and whole; it is empty with status 304.

    ``headers`` are looked up in any case. ``url`` is where the answer came from after redirects,
    ``asked`` the URL that was asked for, with its parameters. ``note`` is what was remembered of
    the answer that has not changed since (status 304).
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    asked: str = ""
    note: str = ""

    async def parsed(
        self, parse: Callable[Concatenate[bytes, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What ``parse`` makes of the body, in a thread: nobody else waits for a stranger's words.

        The one way for the program to read a body.
        """
        return await asyncio.to_thread(parse, self.body, *args, **kwargs)


def mask(url: URL | str) -> str:
    """The URL as it may be shown: without user, password, or the values of token-like keys."""
    try:
        url = URL(url).with_user(None)
    except ValueError:
        return "a malformed URL"
    query = [(k, "*****" if _is_secret(k) else v) for k, v in url.query.items()]
    return str(url.with_fragment(None).with_query(query))


@lru_cache(maxsize=256)
def _is_secret(key: str) -> bool:
    return key.lower() not in _PAGING and bool(_SECRET.search(key))


def host_of(url: URL) -> str:
    """The host, with its port where that is not the usual one: what can be closed on its own."""
    host = url.host or ""
    return host if url.is_default_port() else f"{host}:{url.port}"


def judge(url: URL, status: int, headers: Mapping[str, str], now: datetime) -> SourceError:
    """The error that an answer amounts to which was not accepted."""
    shown = mask(url)
    problem = Problem(Code.HOST_ANSWERED, host=host_of(url), status=status, address=shown)
    if status in THROTTLES:
        return Throttled(problem, url=shown, status=status, retry_at=retry_at(status, headers, now))
    if status >= 500:
        return Unreachable(problem, url=shown, status=status)
    return Refused(problem, url=shown, status=status)


def refusal_in_body(url: URL, status: int) -> Throttled:
    shown = mask(url)
    host = host_of(url)
    problem = Problem(Code.HOST_ASKED_TO_SLOW_DOWN, host=host, status=status, address=shown)
    return Throttled(problem, url=shown, status=status)


def too_large(url: URL, limit: int) -> Malformed:
    shown = mask(url)
    problem = Problem(Code.BODY_TOO_LARGE, host=host_of(url), limit=limit, address=shown)
    return Malformed(problem, url=shown)


def retry_at(status: int, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The time that a throttling answer names, never more than a day ahead.

    Retry-After holds seconds or an HTTP date (RFC 9110, 10.2.3). With 429 the rate-limit headers
    count too: X and Bluesky send epoch seconds, Mastodon an ISO date, Hugging Face ``t=SECONDS``.
    """
    named = _after(headers.get("Retry-After", ""), now)
    if named is None and status == 429:
        named = (
            _instant(headers.get("X-RateLimit-Reset", ""))
            or _instant(headers.get("X-Rate-Limit-Reset", ""))
            or _instant(headers.get("RateLimit-Reset", ""))
            or _draft(headers.get("RateLimit", ""), now)
        )
    return min(named, now + MAX_WAIT) if named is not None and named > now else None


def http_date(text: str) -> datetime | None:
    """The time in a header such as ``Date`` (RFC 9110, 5.6.7); None for what is no date."""
    with suppress(ValueError, OverflowError):
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _after(text: str, now: datetime) -> datetime | None:
    if text.strip().isdecimal():
        return _plus(now, text.strip())
    return http_date(text)


def _instant(text: str) -> datetime | None:
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(float(text), UTC)
    with suppress(ValueError):
        named = datetime.fromisoformat(text)
        return named if named.tzinfo else named.replace(tzinfo=UTC)
    return None


def _draft(text: str, now: datetime) -> datetime | None:
    """The ``RateLimit: "api";r=0;t=12`` of draft-ietf-httpapi-ratelimit-headers."""
    found = re.search(r";\s*t=(\d+)", text)
    return _plus(now, found[1]) if found else None


def _plus(now: datetime, digits: str) -> datetime:
    """Python reads no number of thousands of digits."""
    seconds = timedelta(seconds=int(digits)) if len(digits) < 10 else MAX_WAIT
    return now + min(seconds, MAX_WAIT)


def redirect(url: URL, status: int, headers: Mapping[str, str]) -> URL | None:
    """Where an answer points, None when it points nowhere. Raises Refused outside http(s)."""
    if status not in REDIRECTS or "Location" not in headers:
        return None
    shown = mask(url)
    try:
        target = url.join(URL(headers["Location"]))
    except ValueError:
        target = URL()
    if target.scheme not in ("http", "https") or not target.host:
        problem = Problem(Code.REDIRECTED_NOWHERE, host=host_of(url), address=shown)
        raise Refused(problem, url=shown, status=status)
    return target


def carried(headers: Mapping[str, str], source: URL, target: URL) -> dict[str, str]:
    """The headers that may follow a redirect: all within an origin, else only harmless ones."""
    if source.origin() == target.origin():
        return dict(headers)
    return {k: v for k, v in headers.items() if k.lower() in _HARMLESS}
