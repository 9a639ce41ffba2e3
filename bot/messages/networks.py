"""What networks and their counts are called, and what they answered when they were asked.

With Markdown for cards; the forms without it are for the command line, in the same words.
"""

from collections.abc import Sequence
from datetime import date

from bot.messages.common import counted, number
from bot.messages.problems import words_or_nothing
from bot.models import Network, Outcome, ScorePart, Status

NAMES: dict[str, str] = {
    Network.X: "X",
    Network.BLUESKY: "Bluesky",
    Network.MASTODON: "Mastodon",
    Network.HACKERNEWS: "Hacker News",
    Network.HUGGINGFACE: "Hugging Face",
}

# (reposts, likes) as the network itself says; empty where it has no such thing.
COUNT_WORDS: dict[Network, tuple[str, str]] = {
    Network.X: ("retweet", "like"),
    Network.BLUESKY: ("repost", "like"),
    Network.MASTODON: ("boost", "favourite"),
    Network.HACKERNEWS: ("", "point"),
    Network.HUGGINGFACE: ("", "upvote"),
}


def amounts(network: Network, reposts: int, likes: int) -> list[tuple[int, str]]:
    """The counts with their words, such as ``[(2739, "retweets"), (330, "likes")]``.

    Of a network without reposts, such as Hacker News, only the other.
    """
    pairs = zip((reposts, likes), COUNT_WORDS[network], strict=True)
    return [(count, word if count == 1 else f"{word}s") for count, word in pairs if word]


def counts(part: ScorePart) -> str:
    """``**2,739** retweets · **330** likes on X``."""
    pairs = amounts(part.network, part.reposts, part.likes)
    words = " · ".join(f"**{number(count)}** {word}" for count, word in pairs)
    return f"{words} on {NAMES[part.network]}"


def post_counts(network: Network, reposts: int, likes: int) -> str:
    """``412 retweets, 61 likes``."""
    return ", ".join(f"{number(count)} {word}" for count, word in amounts(network, reposts, likes))


def plain_counts(network: Network, reposts: int, likes: int) -> str:
    """``2,739 retweets · 330 likes``, without Markdown."""
    return " · ".join(f"{number(count)} {word}" for count, word in amounts(network, reposts, likes))


def parts(score_parts: Sequence[ScorePart]) -> str:
    """Every network's own counts, never added up under one word."""
    return " · ".join(
        f"{plain_counts(part.network, part.reposts, part.likes)} on {NAMES[part.network]}"
        for part in score_parts
    )


def missing(outcomes: Sequence[Outcome]) -> str:
    """What of arXiv's listing is not there, and why; empty when it is whole. Categories that agree
    are named together: "cs.CL, cs.CV missing (still shows Tuesday 17 November 2026)".
    """
    groups: dict[tuple[bool, str], list[str]] = {}
    for outcome in outcomes:
        key = outcome.status is Status.INCOMPLETE, words_or_nothing(outcome.reason)
        groups.setdefault(key, []).append(outcome.source)
    return "; ".join(
        f"{few(names)} {'in part' if partly else 'missing'}" + (f" ({reason})" if reason else "")
        for (partly, reason), names in groups.items()
    )


def listing_days(held: tuple[int, int] | None) -> str:
    """ "4 of 5 listing days held"; empty where none is missing."""
    if held is None or held[0] == held[1]:
        return ""
    return f"{held[0]:,} of {counted(held[1], 'listing day')} held"


def few(names: Sequence[str], limit: int = 6) -> str:
    """The first names, and how many more."""
    rest = [f"{len(names) - limit:,} more"] if len(names) > limit else []
    return ", ".join([*names[:limit], *rest])


def heard(outcomes: Sequence[Outcome]) -> str:
    """Which networks answered, which failed and why, which were not asked."""
    answers = []
    for outcome in outcomes:
        name = NAMES.get(outcome.source, outcome.source)
        match outcome.status:
            case Status.OK:
                answers.append(name)
            case Status.EMPTY:
                answers.append(f"{name} (nothing)")
            case Status.OFF:
                answers.append(f"{name} off")
            case Status.INCOMPLETE:
                answers.append(f"{name} in part ({words_or_nothing(outcome.reason)})")
            case Status.FAILED:
                answers.append(f"{name} failed ({words_or_nothing(outcome.reason)})")
    return ", ".join(answers)


# --- how a source does --------------------------------------------------------------------------

NOT_ASKED = "not asked yet"
POSTS_READ = "posts read"


_ENDED = {
    Status.OK: "ok",
    Status.EMPTY: "empty",
    Status.INCOMPLETE: "incomplete",
    Status.FAILED: "failed",
    Status.OFF: "off",
}


def asked(status: Status, day: date | None) -> str:
    """How the last question ended, which was about ``day``."""
    return f"{_ENDED[status]} for {day}"


def with_quota(state: str, used: int, limit: int, unit: str) -> str:
    return f"{state}, {used:,} of {limit:,} {unit} today"


def arxiv(categories: Sequence[str], many: int) -> str:
    """``many`` and more are counted, not named."""
    named = ", ".join(categories) if len(categories) < many else f"{len(categories)} categories"
    return f"arXiv, {named}"
