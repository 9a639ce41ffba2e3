"""One collection from X: which of its doors to ask, in which order, for how much money.

X bills $0.005 for every post it returns, once per UTC day. So by default one query finds the posts
that link any paper and have some interest already; a request to the counts endpoint says before
what that will cost, and the floor is raised when it does not fit the day's budget. What the floor
hides is at most 13 points a post, so a paper of 50 points is only missed if four such posts or more
carry it and no louder one does.

A day's posts are searched for during its first two days, and later when a search did not come to
its end. Other recounts ask for the known posts by their ids, and only for those with some interest:
a fraction of the price of searching again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.config import XSection
from bot.errors import BudgetExhausted, Malformed, Refused, Throttled
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources import Budget, Wanted
from bot.sources.collector import Gathering
from bot.sources.x import query
from bot.sources.x.client import SMALLEST_PAGE, Client
from bot.sources.x.query import ANY, Floor
from bot.sources.x.wire import Page

REACH = timedelta(days=7)  # of recent search
MARGIN = timedelta(minutes=5)  # X's clock is not ours
LAG = timedelta(seconds=60)  # recent search ends half a minute before now
SEARCHED_FOR = timedelta(days=2)
COUNTED_WELL = timedelta(days=1)
SHARED_FOR = timedelta(minutes=20)
USUAL_FLOOR = Floor(likes=10, reposts=5)
RAISES = (1, 2, 4)
REFRESH_FROM = 10  # reposts and likes

Window = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BroadSearch:
    """A broad search that came to its end. ``notes`` are what had to be left out, and why."""

    day: date
    at: datetime
    start: datetime
    posts: tuple[Post, ...]
    notes: tuple[Problem, ...]


@dataclass(slots=True, kw_only=True)
class Collection:
    """``last`` is the newest finished sweep, of an earlier run or of this one."""

    client: Client
    settings: XSection
    budget: Budget
    wanted: Wanted
    found: Gathering
    now: datetime
    last: BroadSearch | None = None

    async def gather(self) -> None:
        if self._search_is_due():
            await self._search()
        elif Network.X in self.wanted.unfinished:
            self.found.problems.append(Problem(Code.X_OLDER_MISSING))
        await self._refresh()

    @property
    def known(self) -> Iterator[Post]:
        return (post for post in self.wanted.known if post.network is Network.X)

    def _search_is_due(self) -> bool:
        """A day whose posts were never counted properly is searched for even when it is old."""
        if self.now < self.wanted.since + SEARCHED_FOR or self._is_unfinished():
            return True
        counted = max((post.counted_at for post in self.known), default=None)
        return counted is None or counted < self.wanted.since + COUNTED_WELL

    def _is_unfinished(self) -> bool:
        """A search that broke off or ran out of budget is made up for while X still can."""
        return Network.X in self.wanted.unfinished and self.now - REACH < self.wanted.since

    async def _search(self) -> None:
        start = max(self.wanted.since, self.now - REACH + MARGIN)
        if start > self.wanted.since:
            self.found.problems.append(Problem(Code.X_OUT_OF_REACH, before=start))
        if start >= self.wanted.until - LAG:
            return
        last = self.last
        # Days overlap. Moments after one day was searched for there is nothing new for the next.
        if (
            last is not None
            and last.day != self.wanted.day
            and last.start <= start
            and self.now - last.at < SHARED_FOR
        ):
            self.found.add(last.posts)
            self.found.problems += last.notes
            return
        # Without an end X takes the newest it has; an end close to now would be refused.
        window = {"start_time": _stamp(start)}
        if self.wanted.until <= self.now - LAG:
            window["end_time"] = _stamp(self.wanted.until)
        floor, notes = await self._affordable(start, window)
        self.found.problems += notes
        async for page in self.client.search(query.broad(floor), window):
            self._take(page)
        self.last = BroadSearch(
            self.wanted.day, self.now, start, tuple(self.found.posts.values()), tuple(notes)
        )

    async def _affordable(self, start: datetime, window: Window) -> tuple[Floor, list[Problem]]:
        """The lowest floor whose posts fit into what is left of the day's budget.

        Posts that were read today cost nothing more. If not even the highest floor fits, it is
        taken all the same: the loudest posts are worth what is left, and the budget stops hard.
        """
        left = await self.budget.left()
        if left < SMALLEST_PAGE:
            raise BudgetExhausted(Problem(Code.X_NOTHING_LEFT_TO_READ))
        again = self.client.memory.read_since(start, self.now.date())
        # After a restart: what was read today was most likely read for this same window.
        room = left + again if again is not None else max(left, self.settings.posts_per_day)
        counts: list[int] = []
        asked = Floor(self.settings.min_likes, self.settings.min_reposts)
        raised = [(asked or USUAL_FLOOR).raised(factor) for factor in RAISES]
        floors = raised if asked else [ANY, *raised]
        for floor in floors:
            try:
                counts.append(await self.client.count(query.broad(floor), window))
            except (Refused, Throttled, Malformed) as error:
                if error.status in (401, 402):
                    raise
                break  # not every plan has counts; the budget stops hard without them
            if counts[-1] <= room:
                break
        if floor == floors[0]:
            return floor, []
        note = Problem(
            Code.X_ONLY_ABOVE_FLOOR,
            matching=counts[0],
            left=left,
            likes=floor.likes,
            reposts=floor.reposts,
        )
        return floor, [note]

    async def _refresh(self) -> None:
        """Count known posts again that were not just found and not yet read today (UTC); of those
        that were, the counts stand."""
        rest = [post for post in self.known if post.post_id not in self.found.posts]
        fresh = [post for post in rest if post.counted_at.date() == self.now.date()]
        self.found.add(fresh)
        due = {
            post.post_id: post
            for post in sorted(rest, key=lambda post: -post.interest)
            if post.interest >= REFRESH_FROM and post.post_id not in self.found.posts
        }
        async for page in self.client.lookup(list(due)):
            self._take(page)
            self.found.gone += [n for n in page.gone if n in due]

    def _take(self, page: Page) -> None:
        self.found.skip(page.skipped)
        for error in page.errors:
            problem = Problem(Code.X_PARTIAL_ERROR, text=error)
            if problem not in self.found.problems:
                self.found.problems.append(problem)
        known = {post.post_id: post for post in self.known}
        posts = (_with_what_is_known(post, known.get(post.post_id)) for post in page.posts)
        self.found.add(post for post in posts if post.arxiv_ids)


def _with_what_is_known(post: Post, known: Post | None) -> Post:
    """Pages name no author; who a known post is by, and what it links, may be known already."""
    if known is None:
        return post
    if not post.author and known.author:
        post = replace(post, author=known.author, author_name=known.author_name, url=known.url)
    return post if post.arxiv_ids else replace(post, arxiv_ids=known.arxiv_ids)


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
