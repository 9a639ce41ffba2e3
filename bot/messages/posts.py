"""What is the matter with the posts that a network was asked for: the reason of an outcome."""

from datetime import date, datetime

from bot.messages.common import utc

# --- several networks ---------------------------------------------------------------------------


def older_counted(most: int, what: str) -> str:
    return f"only {most} older {what} were counted again"


def asks_to_wait(who: str, until: datetime) -> str:
    return f"{who} asks us to wait until {utc(until)}"


# --- X ------------------------------------------------------------------------------------------

X_WITHOUT_KEY = "no HOTPAPERS_X_BEARER_TOKEN"
X_KEY_REFUSED = "X does not accept the bearer token (401)"
X_REPEATS = "X's pages repeat themselves; what they held so far is kept"
X_WAITS_AGAIN = "X asks us to wait again and again"
X_WAITS_UNTOLD = "X asks us to wait and does not say how long"
X_NO_CREDIT = "the account has no credit left"
X_CAPPED = "the account's usage cap is reached"
X_BUDGET_SPENT = "today's budget of posts to read is spent"
X_NOTHING_LEFT = "nothing is left to read today"
X_OLDER_MISSING = (
    "not all of this day's posts were found, and X's recent search reaches back only 7 days"
)
X_WITHOUT_ANYTHING = "X sent an answer without data, meta or errors"
X_WITHOUT_TOTAL = "X sent counts without their total"
OEMBED_WITHOUT_TEXT = "X's oEmbed sent HTML without a paragraph"


def x_endless(pages: int) -> str:
    return f"X's pages do not end; the first {pages} are kept"


def x_answered(status: int, said: str) -> str:
    return f"X answered {status}: {said or 'no reason'}"


def x_denied(reason: str, status: int) -> str:
    return f"{reason} ({status})"


def x_tomorrow(reason: str) -> str:
    return f"{reason}; it is asked again from 00:00 UTC on"


def x_budget_of_day(posts: int, why: object) -> str:
    return f"today's budget of {posts:,} posts is spent, reading goes on at 00:00 UTC ({why})"


def x_known_left(posts: int) -> str:
    return f"{posts} known posts were not counted again"


def x_reach(start: datetime) -> str:
    return (
        f"posts before {utc(start)} cannot be asked for, "
        "because X's recent search reaches back 7 days"
    )


def x_floor(matching: int, left: int, likes: int, reposts: int) -> str:
    """``likes`` and ``reposts``: one of them a post had to have; 0 for any post."""
    floor = f"{likes} likes or {reposts} reposts" if likes and reposts else "no likes"
    return (
        f"{matching:,} posts match and {left:,} may still be read today, "
        f"so only those with {floor} or more were asked for"
    )


def x_part(error: str) -> str:
    return f"X reports an error in a part: {error}"


def oembed_unreadable(error: Exception) -> str:
    return f"X's oEmbed sent unreadable HTML: {error}"


# --- Bluesky ------------------------------------------------------------------------------------

BLUESKY_NOTHING_TO_ASK = (
    "nothing to find posts with: sources.bluesky.jetstream is off, and for search "
    "sources.bluesky.handle and HOTPAPERS_BLUESKY_APP_PASSWORD are both needed"
)
JETSTREAM_ENDED = "Jetstream's connection ended"
JETSTREAM_ENDS_AT_ONCE = "Jetstream ends the connection at once"
BLUESKY_LOGIN = "bluesky login"
THE_QUESTION = "the question"
A_SESSION = "a new session"


def the_login_of(handle: str) -> str:
    return f"the login of {handle}"


def bluesky_refused(what: str, status: int, said: str) -> str:
    """``said``: Bluesky's own words, if any."""
    return f"Bluesky refused {what} ({status}{f': {said}' if said else ''})"


def bluesky_had_none(posts: int) -> str:
    return f"Bluesky had none of {posts} posts; they are taken for missing by mistake"


def search_too_long(pages: int) -> str:
    return f"search has more than {pages} pages; older posts are missing"


def jetstream_begins(why: str) -> str:
    return f"Jetstream has sent nothing yet: listening has only just begun{_in_brackets(why)}"


def jetstream_from(since: datetime) -> str:
    return f"Jetstream was heard only from {utc(since)} on; earlier posts are missing"


def jetstream_up_to(until: datetime, why: str) -> str:
    read = f"Jetstream is read only up to {utc(until)}{_in_brackets(why)}"
    return f"{read}; the next collection goes on there"


def _in_brackets(why: str) -> str:
    return f" ({why})" if why else ""


def jetstream_too_large(limit: int) -> str:
    return f"Jetstream sent a frame of more than {limit:,} characters"


def jetstream_unreadable(error: Exception) -> str:
    return f"Jetstream sent a frame that is not the JSON promised: {error}"


# --- Hacker News, Hugging Face, Mastodon --------------------------------------------------------

ALGOLIA = "Hacker News (Algolia)"


def stories_missing(requests: int, before: datetime) -> str:
    return (
        f"more than {requests} requests would be needed; stories before {utc(before)} are missing"
    )


def stories_reached(most: int, total: int) -> str:
    return f"only {most} of {total} stories can be reached"


def list_too_long(day: date, pages: int) -> str:
    return f"the list of {day} has more than {pages} pages"


MASTODON_NOTHING_TO_ASK = (
    "sources.mastodon.servers and sources.mastodon.tags must name at least one"
)
NO_TIME_FOR_OLDER = "there was no time to count all older posts again"


def server_not_in_time(host: str) -> str:
    return f"{host} did not finish in time"


def tag_too_long(host: str, tag: str, pages: int) -> str:
    return f"{host} has more than {pages} pages for #{tag}; older posts are missing"


def members_only(host: str, status: int | None) -> str:
    return f"{host} shows its tag timelines to its members only ({status})"
