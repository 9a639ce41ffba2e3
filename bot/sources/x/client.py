"""Asking X: the field names it takes, its limits, its bills, and what its refusals mean."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from bot.clock import Clock
from bot.config import Secret
from bot.errors import BudgetExhausted, Refused, Throttled, Unreachable
from bot.http import Http, Response
from bot.problems import Code, Problem
from bot.sources import Budget, Reserved
from bot.sources.x.wire import (
    Page,
    Refusal,
    Vocabulary,
    born,
    parse_posts,
    parse_refusal,
    parse_total,
)

SEARCH = "/2/tweets/search/recent"
COUNTS = "/2/tweets/counts/recent"
LOOKUP = "/2/tweets"

SMALLEST_PAGE, MAX_PAGE_BYTES = 10, 100
IDS_PER_LOOKUP = 100
MAX_PAGES = 100
MAX_EMPTY_PAGES = 3
MAX_WAITS = 3
# Resets are told in whole seconds, and no two clocks agree.
SLACK = 1.0

_READ = frozenset({200, 400, 401, 402, 403, 429})
# Until the next day nothing is asked after these.
_DENIALS = {
    Refusal.NO_CREDIT: Code.X_NO_CREDIT,
    Refusal.CAPPED: Code.X_USAGE_CAPPED,
}


@dataclass(slots=True)
class Memory:
    """What X said of itself, for as long as the process lives.

    ``closed`` says when an endpoint takes requests again, ``denied`` on which UTC day there was
    no more credit, and why; ``read`` holds the ids of posts that came on the UTC day ``read_on``.
    """

    vocabulary: Vocabulary = Vocabulary.TWEET
    closed: dict[str, datetime] = field(default_factory=dict)
    denied: tuple[date, Problem] | None = None
    read_on: date | None = None
    read: set[str] = field(default_factory=set)

    def note(self, post_ids: Collection[str], day: date) -> None:
        if day != self.read_on:
            self.read_on, self.read = day, set()
        self.read |= set(post_ids)

    def read_since(self, start: datetime, today: date) -> int | None:
        """How many posts made after ``start`` would cost nothing more today, if that is known."""
        if self.read_on != today:
            return None
        return sum(born(post_id) >= start for post_id in self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What an answer may hold at most is reserved in ``budget`` before it is asked for, and what
    it held is noted before anything else is done with it.

    ``deadline`` is a time of the event loop's clock: no waiting beyond it.
    """

    http: Http
    clock: Clock
    url: str
    token: Secret
    budget: Budget
    memory: Memory
    deadline: float

    async def count(self, query: str, window: Mapping[str, str]) -> int:
        """How many posts the query has. Billed like one post, whatever the number."""
        answer = await self._ask(COUNTS, {"query": query, **window, "granularity": "day"})
        return await answer.parsed(parse_total)

    async def search(self, query: str, window: Mapping[str, str]) -> AsyncIterator[Page]:
        """Pages, newest first. Raises Refused when they repeat themselves or do not end.

        Raises BudgetExhausted before a page that could hold more posts than may still be read.
        """
        token: str | None = None
        tokens: set[str] = set()
        seen: set[str] = set()
        empty = 0
        for _ in range(MAX_PAGES):
            reserved = await self._page()
            params = {"query": query, **window, "max_results": str(reserved.posts)}
            if token is not None:
                params["next_token"] = token
            page = await self._posts(SEARCH, params, reserved)
            yield page
            token = page.next_token
            if token is None:
                return
            empty = 0 if page.read else empty + 1
            repeats = token in tokens or (bool(page.read) and page.read <= seen)
            if repeats or empty == MAX_EMPTY_PAGES:
                raise Refused(Problem(Code.X_REPEATS))
            tokens.add(token)
            seen |= page.read
        raise Refused(Problem(Code.X_ENDLESS, pages=MAX_PAGES))

    async def lookup(self, post_ids: Sequence[str]) -> AsyncIterator[Page]:
        """These posts, a hundred at a time. Raises BudgetExhausted where the budget ends."""
        asked = 0
        while asked < len(post_ids):
            wanted = len(post_ids) - asked
            reserved = await self.budget.reserve(min(wanted, IDS_PER_LOOKUP))
            if not reserved.posts:
                raise BudgetExhausted(Problem(Code.X_KNOWN_POSTS_LEFT, posts=wanted))
            some = post_ids[asked : asked + reserved.posts]
            yield await self._posts(LOOKUP, {"ids": ",".join(some)}, reserved)
            asked += len(some)

    async def _page(self) -> Reserved:
        """Room for the next page of a search."""
        reserved = await self.budget.reserve(MAX_PAGE_BYTES)
        if reserved.posts < SMALLEST_PAGE:
            await self.budget.settle(reserved, ())
            raise BudgetExhausted(Problem(Code.X_NO_ROOM_FOR_PAGE))
        return reserved

    async def _posts(self, path: str, params: Mapping[str, str], reserved: Reserved) -> Page:
        """Raises what ``_ask`` raises, and Malformed. Of an answer that was sent and did not come,
        or cannot be read, nobody knows what X bills: what was reserved for it stays spent."""
        with self.http.counting() as sent:
            try:
                answer = await self._in_either(path, params)
            except BaseException as error:
                if not sent.requests or _is_free(error):
                    await self.budget.settle(reserved, ())
                raise
        now = self.clock.now()
        page = await answer.parsed(parse_posts, now)
        await self.budget.settle(reserved, page.read)
        self.memory.note(page.read, now.date())
        return page

    async def _in_either(self, path: str, params: Mapping[str, str]) -> Response:
        """Asks in the vocabulary that worked last; after a 400 once more in the other one."""
        asked = self.memory.vocabulary
        try:
            return await self._ask(path, {**params, asked.parameter: asked.fields})
        except Refused as first:
            if first.status != 400:
                raise
            other = asked.other
            try:
                answer = await self._ask(path, {**params, other.parameter: other.fields})
            except Refused as second:
                raise (first if second.status == 400 else second) from None
            self.memory.vocabulary = other
            return answer

    async def _ask(self, path: str, params: Mapping[str, str]) -> Response:
        """An answer with status 200. Waits while the endpoint is closed, if there is the time."""
        for _ in range(MAX_WAITS):
            self._refuse_if_denied()
            await self._until_open(path)
            answer = await self.http.get(
                self.url.rstrip("/") + path,
                params=params,
                headers={"Authorization": f"Bearer {self.token.reveal()}"},
                gate="x",
                accept=_READ,
            )
            self._note_limit(path, answer)
            if answer.status == 200:
                return answer
            await self._judge(path, answer)
        raise Throttled(Problem(Code.X_WAITS_AGAIN), status=429)

    async def _until_open(self, path: str) -> None:
        opens = self.memory.closed.get(path)
        if opens is None:
            return
        wait = (opens - self.clock.now()).total_seconds()
        if wait > self.deadline - asyncio.get_running_loop().time():
            problem = Problem(Code.ASKED_TO_WAIT, service="X", until=opens)
            raise Throttled(problem, status=429, retry_at=opens)
        await asyncio.sleep(max(wait, 0.0) + SLACK)
        self.memory.closed.pop(path, None)

    def _note_limit(self, path: str, answer: Response) -> None:
        """Every answer says how many more are allowed, and until when there are none."""
        text = answer.headers.get("x-rate-limit-reset", "")
        if not (text.isdecimal() and len(text) <= 10):
            return
        reset = datetime.fromtimestamp(int(text), UTC)
        last = answer.headers.get("x-rate-limit-remaining") == "0" and reset > self.clock.now()
        if answer.status == 429 or last:
            self.memory.closed[path] = reset

    async def _judge(self, path: str, answer: Response) -> None:
        """Raises what a refusal amounts to; returns when it is only a matter of waiting."""
        kind, said = await answer.parsed(partial(parse_refusal, answer.status))
        if kind in _DENIALS:
            self.memory.closed.pop(path, None)
            problem = Problem(_DENIALS[kind], status=answer.status)
            self.memory.denied = (self.clock.now().date(), problem)
            self._refuse_if_denied()
        if kind is Refusal.WAIT:
            if path not in self.memory.closed:
                raise Throttled(Problem(Code.X_WAITS_UNTOLD), status=429)
            return
        if answer.status == 401:
            raise Refused(Problem(Code.X_TOKEN_REFUSED), status=401)
        problem = Problem(Code.X_REFUSED, status=answer.status, text=said)
        raise Refused(problem, status=answer.status)

    def _refuse_if_denied(self) -> None:
        """X is asked again on the next UTC day, when bills and budgets begin anew."""
        if self.memory.denied is None:
            return
        day, problem = self.memory.denied
        if day == self.clock.now().date():
            raise Refused(problem, status=402)
        self.memory.denied = None


def _is_free(error: BaseException) -> bool:
    """X bills neither what it refuses nor its own failures (docs.x.com: pricing)."""
    failed = isinstance(error, Unreachable) and error.status is not None
    return failed or isinstance(error, Refused | Throttled)
