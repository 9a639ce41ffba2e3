"""Finding posts by searchPosts: one modest pass over a window for each of two questions.

The maintainers say that search is for people and not for bulk collection (atproto#3423), and the
public address refuses it, so it is asked through the account's own server, only for arxiv.org,
and after that only for what is newer. Mirrors are left to Jetstream.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.errors import Refused
from bot.models import Post
from bot.problems import Code, Problem
from bot.sources.bluesky.session import Session
from bot.sources.bluesky.wire import Views, parse_views
from bot.sources.collector import Gathering

METHOD = "app.bsky.feed.searchPosts"
DOMAIN = "arxiv.org"
# ``domain`` alone would do, but there must be words. "*" stands for any in the query language that
# the lexicon recommends; it is not certain that the server takes it (some look for the character
# itself), and words of the text miss the posts whose link is in their card only. So both are asked,
# whatever the first one finds.
WORDS = ("*", DOMAIN)
PER_PAGE = 100
MAX_PAGES = 100
# What links a paper later is found for the papers of later days.
MAX_SPAN = timedelta(days=3)
# A post is not in the index at once.
OVERLAP = timedelta(hours=1)

Span = tuple[datetime, datetime]


class Search:
    """Remembers which span it has searched, and what it found there in the last days."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._searched: Span | None = None
        self._posts: dict[str, Post] = {}

    async def find(self, since: datetime, until: datetime, found: Gathering) -> list[Post]:
        """Add the posts made from ``since`` on that link papers, with their counts.

        Those that were found before are returned instead, to be counted by their ids. Raises
        SourceError when it could not look everywhere, with what came before added.
        """
        end = min(until, since + MAX_SPAN)
        start = rest(self._searched, since)
        if start < end:
            for words in WORDS:
                await self._pass(words, start, end, found)
            self._searched = joined(self._searched, (since, end))
        oldest = until - MAX_SPAN
        self._posts = {i: post for i, post in self._posts.items() if post.posted_at >= oldest}
        return [post for post in self._posts.values() if post.posted_at >= since]

    async def _pass(self, words: str, since: datetime, until: datetime, found: Gathering) -> None:
        asked = {
            "q": words,
            "domain": DOMAIN,
            "sort": "latest",
            "since": _iso(since),
            "until": _iso(until),
            "limit": str(PER_PAGE),
        }
        try:
            await self._pages(asked, found)
        except Refused as error:
            if error.status != 400 or words == WORDS[-1]:
                raise

    async def _pages(self, asked: dict[str, str], found: Gathering) -> None:
        seen: set[str] = set()
        for _ in range(MAX_PAGES):
            views = await self._page(asked)
            found.skip(views.skipped)
            papers = [post for post in views.posts if post.arxiv_ids]
            found.add(papers)
            self._posts |= {post.post_id: replace(post, text=None) for post in papers}
            new = {post.post_id for post in views.posts} - seen
            seen |= new
            if views.cursor is None or not new:
                return
            asked = asked | {"cursor": views.cursor}
        raise Refused(Problem(Code.BLUESKY_SEARCH_TOO_LONG, pages=MAX_PAGES))

    async def _page(self, asked: dict[str, str]) -> Views:
        answer = await self._session.get(METHOD, asked)
        return await answer.parsed(parse_views, self._clock.now())


def rest(searched: Span | None, since: datetime) -> datetime:
    """From when on there is still something to search."""
    if searched and searched[0] <= since <= searched[1]:
        return max(since, searched[1] - OVERLAP)
    return since


def joined(searched: Span | None, new: Span) -> Span:
    """Both spans where they meet, else the later one."""
    if searched is None or new[0] > searched[1]:
        return new
    if new[1] < searched[0]:
        return searched
    return min(searched[0], new[0]), max(searched[1], new[1])


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
