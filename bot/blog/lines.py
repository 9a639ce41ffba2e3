"""The regular lines of a post: their shapes, shared by the reader and the writer."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.blog.values import NetworkCounts
from bot.errors import InputError
from bot.models import Network
from bot.problems import Code, Problem

TIME = "%m/%d/%Y %H:%M:%S"
NO_COUNTS = "no posts"

# Each network's own words for its counts; those with one kind of interest have a single place.
_WORDS = {
    Network.X: "retweets: {reposts}, favorites: {likes}",
    Network.BLUESKY: "Bluesky: {reposts} reposts, {likes} likes",
    Network.MASTODON: "Mastodon: {reposts} boosts, {likes} favourites",
    Network.HACKERNEWS: "Hacker News: {likes} points",
    Network.HUGGINGFACE: "Hugging Face: {likes} upvotes",
}
NAMES = {
    Network.X: "X",
    Network.BLUESKY: "Bluesky",
    Network.MASTODON: "Mastodon",
    Network.HACKERNEWS: "Hacker News",
    Network.HUGGINGFACE: "Hugging Face",
}
_NUMBER = r"-?(?:0|[1-9][0-9]{0,11})"  # as it is printed again, and small enough to be kept
_SHAPES = {
    network: re.compile(
        re.escape(words)
        .replace(r"\{reposts\}", f"(?P<reposts>{_NUMBER})")
        .replace(r"\{likes\}", f"(?P<likes>{_NUMBER})")
    )
    for network, words in _WORDS.items()
}

HEADING = re.compile(r"# ([1-9][0-9]{0,5}|0)\. (.*\S.*)")
COUNTS_START = re.compile(r"- (?:retweets|Bluesky|Mastodon|Hacker News|Hugging Face|no posts)\b")
COUNTS = re.compile(r"- (.*) \((.*)\)")
LINKS = re.compile(r"- links: \[abs\]\((\S+)\) \| \[pdf\]\((\S+)\)")
CATEGORY = re.compile(r"\[([^][|]+)\]\(https://arxiv\.org/list/\1/recent\)")


def counts_line(counts: Sequence[NetworkCounts], counted_at: datetime) -> str:
    parts = [_WORDS[c.network].format(reposts=c.reposts, likes=c.likes) for c in counts]
    return f"- {'; '.join(parts) or NO_COUNTS} ({counted_at.astimezone(UTC).strftime(TIME)})"


def read_counts(text: str) -> tuple[NetworkCounts, ...]:
    """The counts before the time. Raises InputError for a malformed part."""
    if text == NO_COUNTS:
        return ()
    return tuple(_read_part(part) for part in text.split("; "))


def _read_part(text: str) -> NetworkCounts:
    for network, shape in _SHAPES.items():
        if found := shape.fullmatch(text):
            numbers = {name: int(value) for name, value in found.groupdict().items()}
            if min(numbers.values()) < 0:
                raise InputError(Problem(Code.BLOG_NEGATIVE_COUNT, text=text))
            return NetworkCounts(network, numbers.get("reposts", 0), numbers["likes"])
    raise InputError(Problem(Code.BLOG_NO_COUNTS, text=text))


def read_time(text: str) -> datetime:
    """Raises InputError."""
    try:
        time = datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        time = None
    # strptime also takes 3/31/2021, which would not come out again
    if time is None or time.strftime(TIME) != text:
        raise InputError(Problem(Code.BLOG_NO_TIME, text=text, example="03/31/2021 10:26:50"))
    return time


def links_line(links: tuple[str, str]) -> str:
    return f"- links: [abs]({links[0]}) | [pdf]({links[1]})"


def categories_line(categories: Sequence[str]) -> str:
    return "- " + " | ".join(f"[{c}](https://arxiv.org/list/{c}/recent)" for c in categories)


def read_categories(line: str) -> tuple[str, ...]:
    """Raises InputError."""
    if line == "- ":
        return ()
    found = [CATEGORY.fullmatch(part) for part in line.removeprefix("- ").split(" | ")]
    names = [match[1] for match in found if match]
    if not line.startswith("- ") or len(names) < len(found):
        raise InputError(Problem(Code.BLOG_CATEGORIES_EXPECTED))
    return tuple(names)
