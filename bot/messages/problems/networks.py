"""What is the matter with the posts that a network was asked for. Clauses."""

from collections.abc import Callable
from datetime import datetime

from bot.messages.common import utc
from bot.problems import Code


def _utc(text: str) -> str:
    return utc(datetime.fromisoformat(text))


def _before(text: str) -> Callable[..., str]:
    """``text`` with the time of the argument ``before``."""
    return lambda before: text.format(before=_utc(before))


def _stories_missing(requests: int, before: str) -> str:
    return (
        f"more than {requests} requests would be needed; stories before {_utc(before)} are missing"
    )


# --- X ------------------------------------------------------------------------------------------


def _x_refused(status: int, text: str = "") -> str:
    return f"X answered {status}: {text or 'no reason'}"


def _x_only_above_floor(matching: int, left: int, likes: int, reposts: int) -> str:
    """``likes`` and ``reposts``: one of them a post had to have; 0 for any post."""
    floor = f"{likes} likes or {reposts} reposts" if likes and reposts else "no likes"
    return (
        f"{matching:,} posts match and {left:,} may still be read today, "
        f"so only those with {floor} or more were asked for"
    )


# --- Bluesky ------------------------------------------------------------------------------------


def _bluesky_refused(status: int, text: str = "") -> str:
    """``text`` is Bluesky's own, if there is any."""
    return f"Bluesky refused the question ({_answer(status, text)})"


def _bluesky_session_refused(status: int, text: str = "") -> str:
    return f"Bluesky refused a new session ({_answer(status, text)})"


def _bluesky_login_refused(handle: str, status: int, text: str = "") -> str:
    return f"Bluesky refused the login of {handle} ({_answer(status, text)})"


def _answer(status: int, text: str) -> str:
    return f"{status}: {text}" if text else f"{status}"


def _jetstream_not_heard_yet(problem: str | None = None) -> str:
    words = "Jetstream has sent nothing yet: listening has only just begun"
    return f"{words} ({problem})" if problem else words


def _jetstream_heard_from(since: str) -> str:
    return f"Jetstream was heard only from {_utc(since)} on; earlier posts are missing"


def _jetstream_read_up_to(until: str, problem: str | None = None) -> str:
    words = f"Jetstream is read only up to {_utc(until)}"
    why = f" ({problem})" if problem else ""
    return f"{words}{why}; the next collection goes on there"


WORDS: dict[Code, str | Callable[..., str]] = {
    # --- several networks
    Code.OF_SERVER: "{host}: {problem}",
    Code.OLDER_POSTS_NOT_COUNTED: "only {limit} older posts were counted again",
    Code.OLDER_PAPERS_NOT_COUNTED: "only {limit} older papers were counted again",
    Code.NO_TIME_FOR_OLDER_POSTS: "there was no time to count all older posts again",
    # --- X
    Code.X_WITHOUT_TOKEN: "no HOTPAPERS_X_BEARER_TOKEN",
    Code.X_TOKEN_REFUSED: "X does not accept the bearer token (401)",
    Code.X_REFUSED: _x_refused,
    Code.X_NO_CREDIT: "the account has no credit left ({status}); "
    "it is asked again from 00:00 UTC on",
    Code.X_USAGE_CAPPED: "the account's usage cap is reached ({status}); "
    "it is asked again from 00:00 UTC on",
    Code.X_WAITS_AGAIN: "X asks us to wait again and again",
    Code.X_WAITS_UNTOLD: "X asks us to wait and does not say how long",
    Code.X_REPEATS: "X's pages repeat themselves; what they held so far is kept",
    Code.X_ENDLESS: "X's pages do not end; the first {pages} are kept",
    # ``problem`` is what could not be read any more.
    Code.X_BUDGET_SPENT: "today's budget of {posts:,} posts is spent, "
    "reading goes on at 00:00 UTC ({problem})",
    Code.X_KNOWN_POSTS_LEFT: "{posts} known posts were not counted again",
    Code.X_NOTHING_LEFT_TO_READ: "nothing is left to read today",
    Code.X_NO_ROOM_FOR_PAGE: "today's budget of posts to read is spent",
    Code.X_OLDER_MISSING: "not all of this day's posts were found, "
    "and X's recent search reaches back only 7 days",
    Code.X_OUT_OF_REACH: _before(
        "posts before {before} cannot be asked for, because X's recent search reaches back 7 days"
    ),
    Code.X_ONLY_ABOVE_FLOOR: _x_only_above_floor,
    Code.X_PARTIAL_ERROR: "X reports an error in a part: {text}",
    # --- Bluesky
    Code.BLUESKY_NOTHING_TO_ASK: "nothing to find posts with: sources.bluesky.jetstream is off, "
    "and for search sources.bluesky.handle and HOTPAPERS_BLUESKY_APP_PASSWORD are both needed",
    Code.BLUESKY_REFUSED: _bluesky_refused,
    Code.BLUESKY_SESSION_REFUSED: _bluesky_session_refused,
    Code.BLUESKY_LOGIN_REFUSED: _bluesky_login_refused,
    Code.BLUESKY_HAD_NONE: "Bluesky had none of {posts} posts; "
    "they are taken for missing by mistake",
    Code.BLUESKY_SEARCH_TOO_LONG: "search has more than {pages} pages; older posts are missing",
    Code.JETSTREAM_ENDED: "Jetstream's connection ended",
    Code.JETSTREAM_ENDS_AT_ONCE: "Jetstream ends the connection at once",
    Code.JETSTREAM_NOT_HEARD_YET: _jetstream_not_heard_yet,
    Code.JETSTREAM_HEARD_FROM: _jetstream_heard_from,
    Code.JETSTREAM_READ_UP_TO: _jetstream_read_up_to,
    # --- Hacker News, Hugging Face, Mastodon
    Code.STORIES_MISSING: _stories_missing,
    Code.STORIES_OUT_OF_REACH: "only {limit} of {stories} stories can be reached",
    Code.DAY_LIST_TOO_LONG: "the list of {day} has more than {pages} pages",
    Code.MASTODON_NOTHING_TO_ASK: "sources.mastodon.servers and sources.mastodon.tags "
    "must name at least one",
    Code.MASTODON_MEMBERS_ONLY: "{host} shows its tag timelines to its members only ({status})",
    Code.MASTODON_TAG_TOO_LONG: "{host} has more than {pages} pages for #{tag}; "
    "older posts are missing",
}
