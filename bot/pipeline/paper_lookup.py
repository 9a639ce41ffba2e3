"""Papers that somebody asks for and that no harvest brought: arXiv is asked for them, once.

A thousand members may ask at once; arXiv is asked through its gate, a hundred papers a request by
its API, or one by one by OAI-PMH where the API does not answer. What waits stands in the archive,
so that a restart loses nothing.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.config import logs
from bot.errors import Malformed, Refused, SourceError, own_fault
from bot.models import LookupState, Paper
from bot.problems import Problem
from bot.sources.arxiv.api import MAX_IDS, ArxivApi
from bot.sources.arxiv.oai import ArxivOai
from bot.store import Archive, lookups, papers

logger = logging.getLogger(__name__)

# The API failed for days in 2026: it is tried again after so long.
API_CLOSED_FOR = timedelta(minutes=10)
RETRY_SECONDS = 15.0
MAX_RETRY_SECONDS = 600.0
# So many papers may be unreadable in themselves; where more are and none is not, arXiv is away.
MAX_UNREADABLE = 5


@dataclass(frozen=True, slots=True)
class Queued:
    """A paper that waits: for how long, about, and what kept arXiv from answering the last time."""

    arxiv_id: str
    seconds: float
    problem: Problem | None = None


class PaperLookup:
    """``request`` puts a paper into the queue, ``run`` works it off, ``wait`` waits its turn."""

    def __init__(
        self, archive: Archive, api: ArxivApi, oai: ArxivOai, clock: Clock, spacing: float
    ) -> None:
        """``spacing`` is how many seconds lie between two requests to arXiv at least."""
        self._archive = archive
        self._api = api
        self._oai = oai
        self._clock = clock
        self._spacing = spacing
        self._api_closed_until: datetime | None = None
        self._problem: Problem | None = None
        self._asked = asyncio.Event()
        # Each as long as somebody waits for it.
        self._answered: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    async def state(self, arxiv_id: str) -> LookupState | None:
        """None for a paper that has to be asked for."""
        if await self._archive.read(papers.get, arxiv_id) is not None:
            return LookupState.FOUND
        now = self._clock.now()
        return await self._archive.read(lookups.state_of, arxiv_id, now=now)

    async def request(self, arxiv_id: str) -> Queued | None:
        """Ask for a paper (a canonical id) that is not in the archive. None when the queue is full.

        Whoever asks for one that waits already waits with the others.
        """
        now = self._clock.now()
        if not await self._archive.write(lookups.request, arxiv_id, now=now):
            return None
        self._asked.set()
        before = await self._archive.read(lookups.place, arxiv_id)
        requests = before + 1 if self._is_api_closed() else before // MAX_IDS + 1
        return Queued(arxiv_id, requests * self._spacing, self._problem)

    async def wait(self, arxiv_id: str, seconds: float) -> bool:
        """Until arXiv has answered about a paper that waits; False when it has not by then."""
        answered = self._answered.setdefault(arxiv_id, asyncio.Event())
        try:
            if await self.state(arxiv_id) is LookupState.WAITING:
                async with asyncio.timeout(seconds):
                    await answered.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Work off the queue for ever. Begins with what waited when the program ended."""
        delay = RETRY_SECONDS
        while True:
            self._asked.clear()
            batch = await self._archive.read(lookups.waiting, MAX_IDS)
            if not batch:
                await self._asked.wait()
                continue
            is_arxiv_away = True
            try:
                problems = await self._look_up(batch)
            except SourceError as error:
                self._problem = error.problem
            except Exception as error:  # an edge: it must not end the queue
                logs.event(logger, logging.ERROR, "lookup.crashed", error=error)
                self._problem = own_fault(error)
            else:
                if len(problems) < len(batch):  # arXiv answers
                    delay = RETRY_SECONDS
                self._problem = next(iter(problems.values()), None)
                if self._problem is None:
                    continue
                is_arxiv_away = len(problems) == len(batch) > MAX_UNREADABLE
            logs.event(
                logger, logging.WARNING, "lookup.failed", waiting=len(batch), problem=self._problem
            )
            # What cannot be read keeps nobody who asks for another paper meanwhile.
            if is_arxiv_away:
                await asyncio.sleep(delay)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), delay)
            delay = min(2 * delay, MAX_RETRY_SECONDS)

    def _is_api_closed(self) -> bool:
        closed = self._api_closed_until
        return closed is not None and self._clock.now() < closed

    async def _look_up(self, batch: Sequence[str]) -> Mapping[str, Problem]:
        """What is the matter with the papers that have to be asked for again, by id.

        Raises SourceError when arXiv answers by neither way; what came until then is kept.
        """
        missing = batch
        if not self._is_api_closed():
            try:
                known = await self._api.papers(batch)
            except SourceError as error:
                self._api_closed_until = self._clock.now() + API_CLOSED_FOR
                logs.event(logger, logging.WARNING, "lookup.api_failed", error=error)
            else:
                await self._store(known, ())
                # The API learns of new papers hours late, and of some never.
                found = {paper.arxiv_id for paper in known}
                missing = [arxiv_id for arxiv_id in batch if arxiv_id not in found]
        problems = {}
        for arxiv_id in missing:
            try:
                record = await self._oai.record(arxiv_id)
                if record is None:
                    await self._store((), [arxiv_id])
                else:
                    await self._store([await asyncio.to_thread(record.paper)], ())
            except Exception as error:  # an edge: one paper must not keep the others
                await self._archive.write(lookups.postpone, arxiv_id, now=self._clock.now())
                if isinstance(error, SourceError) and not isinstance(error, Malformed | Refused):
                    raise  # arXiv is away
                if isinstance(error, SourceError):
                    problems[arxiv_id] = error.problem
                else:
                    logs.event(logger, logging.ERROR, "lookup.crashed", error=error)
                    problems[arxiv_id] = own_fault(error)
        return problems

    async def _store(self, found: Sequence[Paper], unknown: Sequence[str]) -> None:
        await self._archive.write(lookups.store, found, unknown, now=self._clock.now())
        for arxiv_id in [*(paper.arxiv_id for paper in found), *unknown]:
            answered = self._answered.get(arxiv_id)
            if answered is not None:
                answered.set()
