"""What a post of the blog holds."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.models import Era, Network

# From the next day on the blog counted repost objects, and with each its original's counts again:
# the median ratio of retweets to favorites jumps from below 0.4 to above 1 overnight.
LAST_DAY_OF_ORIGINAL_POSTS = date(2020, 9, 16)

# The line of the front matter by which our own days are told from the old blog's.
OURS = 'generator: "hotpapers"'

# X's ids hold the time: milliseconds since this instant, then 22 bits of machine and sequence.
_SNOWFLAKES_SINCE = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)


def era(day: date) -> Era:
    """How the blog counted on ``day``; counts of different eras are never mixed."""
    if day <= LAST_DAY_OF_ORIGINAL_POSTS:
        return Era.BLOG_ORIGINAL_POSTS
    return Era.BLOG_REPOSTS_ADDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """One embedded post. ``html`` is its markup as printed, line ends included.

    ``author`` is the display name, ``handle`` without ``@``, ``written`` the date as printed
    (``March 30, 2021``). Author, text and language are empty where the markup does not say.
    """

    network: Network
    post_id: str
    url: str
    author: str
    handle: str
    written: str
    html: str
    lang: str = ""

    @property
    def text(self) -> str:
        """The post's text, line breaks kept; empty for a mere link."""
        paragraph = re.search(r"<p\b[^>]*>(.*?)</p>", self.html, re.DOTALL)
        if paragraph is None:
            return ""
        lines = re.sub(r"<br\s*/?>", "\n", paragraph[1])
        return html.unescape(re.sub(r"<[^>]*>", "", lines))

    @property
    def posted_at(self) -> datetime | None:
        """When it was posted, from an id of X; to the day, from the printed date, elsewhere."""
        if self.network is Network.X and self.post_id.isdecimal() and len(self.post_id) < 20:
            return _SNOWFLAKES_SINCE + timedelta(milliseconds=int(self.post_id) >> 22)
        try:
            return datetime.strptime(self.written, "%B %d, %Y").replace(tzinfo=UTC)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class NetworkCounts:
    """Counts of one network as printed. A network with one kind of interest has it as likes."""

    network: Network
    reposts: int
    likes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogPaper:
    """One paper as printed. ``arxiv_id`` is canonical and without version.

    ``links`` are the addresses behind abs and pdf. ``abstract`` may hold several lines.
    """

    rank: int
    arxiv_id: str
    title: str
    authors: str
    counts: tuple[NetworkCounts, ...]
    counted_at: datetime
    links: tuple[str, str]
    categories: tuple[str, ...]
    abstract: str
    embeds: tuple[Embed, ...]

    @property
    def author_names(self) -> tuple[str, ...]:
        """The printed line taken apart at its commas; ``Jr.`` and the like stay with their name."""
        names: list[str] = []
        for name in filter(None, map(str.strip, self.authors.split(","))):
            if names and re.fullmatch(r"(Jr|Sr)\.?|I{2,3}|IV", name):
                names[-1] += f", {name}"
            else:
                names.append(name)
        return tuple(names)

    def on(self, network: Network) -> NetworkCounts:
        """Its counts on ``network``, zero where none are printed."""
        found = (counts for counts in self.counts if counts.network is network)
        return next(found, NetworkCounts(network, 0, 0))

    @property
    def retweets(self) -> int:
        return self.on(Network.X).reposts

    @property
    def favorites(self) -> int:
        return self.on(Network.X).likes


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogPost:
    """A listing day. ``front`` is the front matter as printed, from ``---`` to ``---``."""

    day: date
    dated: datetime  # the front matter's date: when the first paper was counted
    front: str
    papers: tuple[BlogPaper, ...]

    @property
    def era(self) -> Era:
        return Era.HOTPAPERS if OURS in self.front.split("\n") else era(self.day)
