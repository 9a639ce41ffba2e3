"""X as a source of posts."""

import asyncio

from bot.clock import Clock
from bot.config import Secret, XSection
from bot.errors import BudgetExhausted, SourceError
from bot.http import Http
from bot.models import Network
from bot.problems import Code, Problem
from bot.ranking.dedupe import collapse
from bot.sources import Budget, Collected, Wanted
from bot.sources.collector import Gathering, not_finished
from bot.sources.x.client import Client, Memory
from bot.sources.x.run import BroadSearch, Collection


class X:
    """A PostSource. Reposts and likes are of original posts only.

    ``seconds`` bounds a collection; what came until then is kept.
    """

    network = Network.X

    def __init__(
        self,
        http: Http,
        clock: Clock,
        settings: XSection,
        token: Secret,
        budget: Budget,
        *,
        seconds: float = 270.0,
    ) -> None:
        self._http = http
        self._clock = clock
        self._settings = settings
        self._token = token
        self._budget = budget
        self._seconds = seconds
        self._memory = Memory()
        self._last: BroadSearch | None = None
        # Two collections at once could each read what the budget leaves for one.
        self._turn = asyncio.Lock()

    async def collect(self, wanted: Wanted) -> Collected:
        found = Gathering(self.network)
        with self._http.counting() as count:
            try:
                async with asyncio.timeout(self._seconds) as limit, self._turn:
                    run = self._run(wanted, found, limit.when() or 0.0)
                    await run.gather()
                    self._last = run.last
            except TimeoutError:
                found.fail(not_finished("X", self._seconds))
            except BudgetExhausted as error:
                posts = self._settings.posts_per_day
                found.problems.append(
                    Problem(Code.X_BUDGET_SPENT, posts=posts, problem=error.problem)
                )
            except SourceError as error:
                found.fail(error)
        found.posts = {post.post_id: post for post in collapse(found.posts.values())}
        return found.collected(self._clock.now(), count.requests)

    def _run(self, wanted: Wanted, found: Gathering, deadline: float) -> Collection:
        client = Client(
            http=self._http,
            clock=self._clock,
            url=self._settings.url,
            token=self._token,
            budget=self._budget,
            memory=self._memory,
            deadline=deadline,
        )
        return Collection(
            client=client,
            settings=self._settings,
            budget=self._budget,
            wanted=wanted,
            found=found,
            now=self._clock.now(),
            last=self._last,
        )
