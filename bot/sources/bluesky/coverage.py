"""Which span of Jetstream has been read, and where reading goes on. Pure.

Jetstream replays from a time given in microseconds, as far back as it keeps events (36 hours by
default). Where that is not far enough it starts with the oldest event it has and says nothing
(its documents, 5.1). So a gap shows only in the times of the events: silence where the stream
was dense before and after.
"""

from datetime import datetime, timedelta

import msgspec

from bot.sources.bluesky.wire import microseconds

SECOND = 1_000_000
REACH = timedelta(hours=36)
# Asked again at each connection, because two servers do not agree to the second. Reading the
# same post twice changes nothing.
REWIND = 5 * SECOND
# A stream is judged once it has sent this many frames; a test's or a quiet one never is.
DENSE = 100
SHORTEST_GAP = 60 * SECOND
GAP_IN_SPACINGS = 50


class ReadSpan(msgspec.Struct, frozen=True):
    """Everything that the stream sent in [``since``, ``at``] was read. Microseconds since 1970."""

    since: int
    at: int


def encode(heard: ReadSpan) -> str:
    return msgspec.json.encode(heard).decode()


def decode(text: str | None) -> ReadSpan | None:
    """None for what is not there, or not from ``encode``: then reading begins anew."""
    try:
        return msgspec.json.decode(text or "", type=ReadSpan)
    except msgspec.DecodeError:
        return None


def resume(kept: ReadSpan | None, since: datetime | None, now: datetime) -> ReadSpan:
    """Where to go on, so that [``since``, ``now``] will have been read in the end.

    Without ``since`` that is wherever it ended, and a day ago for the first time. Reading goes on
    where it ended as long as a server may still have that, even before ``since``, so that several
    short replays come to an end. It goes back only for what a server may still have.
    """
    present, reach = microseconds(now), microseconds(now - REACH)
    if kept is not None and kept.at > present:
        # A cursor in the future would be taken for no cursor.
        kept = ReadSpan(min(kept.since, present), present)
    if since is None:
        return kept or _beginning(now - timedelta(days=1))
    start = microseconds(since)
    if kept is not None and (start < reach or (kept.since <= start and kept.at >= reach)):
        return kept
    return _beginning(since)


def _beginning(at: datetime) -> ReadSpan:
    return ReadSpan(microseconds(at), microseconds(at))


def read_since(start: ReadSpan, first: int, last: int, frames: int) -> int:
    """From when on the stream has been read without a gap, given a connection's frames so far."""
    return first if is_gap(first - start.at, last - first, frames) else start.since


def is_gap(silence: int, span: int, frames: int) -> bool:
    """Whether a silence is out of keeping with a stream that sent ``frames`` within ``span``."""
    if frames < DENSE:
        return False
    return silence > max(SHORTEST_GAP, GAP_IN_SPACINGS * span // frames)
