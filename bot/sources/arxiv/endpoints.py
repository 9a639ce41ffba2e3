"""What arXiv's doors share: questions asked one after another, an outcome for every category.

A door that has stopped answering is not asked forty times more, and a door that shows another
day is asked once.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.arxiv import calendar
from bot.clock import Clock
from bot.errors import SourceError, Unreachable
from bot.http import Http
from bot.models import Listed, Outcome, Status
from bot.problems import Code, Problem
from bot.sources import Harvested

# After so many questions in a row without any answer the rest is not asked.
SILENCES = 2
# Nor after so many seconds: forty categories take two minutes at arXiv's pace, as pages ten.
MAX_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for in one go: the name in the address, and the categories it stands for."""

    subject: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one question. ``other_day`` tells that the door has no such day at all."""

    status: Status
    listed: tuple[Listed, ...] = ()
    reason: Problem | None = None
    other_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Asks questions in turn. With ``probe`` the first one decides whether it is worth while:
    when the door shows another day there, the others are not asked. No question is begun after
    ``max_seconds`` seconds.
    """

    http: Http
    clock: Clock
    ask: Callable[[Question], Awaitable[Answer]]
    probe: bool
    max_seconds: float = MAX_SECONDS

    async def all(self, day: date, questions: Sequence[Question]) -> Harvested:
        listed: list[Listed] = []
        outcomes: list[Outcome] = []
        silences = 0
        began = time.monotonic()
        for place, question in enumerate(questions):
            answer, requests, silent = await self._one(question)
            listed += answer.listed
            outcomes += self._outcomes(question, answer, requests)
            silences = silences + 1 if silent else 0
            useless = self.probe and place == 0 and answer.other_day
            rest = [c for other in questions[place + 1 :] for c in other.categories]
            if useless or silences == SILENCES:
                why = Problem(Code.NOT_ASKED_AFTER, subject=question.subject, problem=answer.reason)
                outcomes += self._not_asked(rest, answer.status, why)
                break
            if time.monotonic() - began > self.max_seconds:
                why = Problem(Code.NOT_ASKED_TOO_SLOW)
                outcomes += self._not_asked(rest, Status.FAILED, why)
                break
        return Harvested(day=day, listed=tuple(listed), outcomes=tuple(outcomes))

    async def _one(self, question: Question) -> tuple[Answer, int, bool]:
        """The answer, how many requests it took, and whether the service kept silent."""
        with self.http.counting() as count:
            try:
                answer, silent = await self.ask(question), False
            except SourceError as error:
                answer = Answer(status=Status.FAILED, reason=error.problem)
                silent = isinstance(error, Unreachable)
        return answer, count.requests, silent

    def _outcomes(self, question: Question, answer: Answer, requests: int) -> list[Outcome]:
        """One for each category; the requests are noted with the first one only."""
        single = len(question.categories) == 1
        return [
            Outcome(
                source=category,
                status=answer.status,
                reason=answer.reason,
                at=self.clock.now(),
                requests=0 if place else requests,
                items=len(answer.listed) if single else _inside(answer.listed, category),
            )
            for place, category in enumerate(question.categories)
        ]

    def _not_asked(self, categories: Sequence[str], status: Status, why: Problem) -> list[Outcome]:
        """Outcomes for what no request was made for."""
        return [
            Outcome(source=name, status=status, reason=why, at=self.clock.now())
            for name in categories
        ]


def unavailable(day: date, categories: Sequence[str], clock: Clock, reason: Problem) -> Harvested:
    """What a door says that cannot have this day, without being asked."""
    outcomes = [
        Outcome(source=category, status=Status.FAILED, reason=reason, at=clock.now())
        for category in categories
    ]
    return Harvested(day=day, listed=(), outcomes=tuple(outcomes))


def unreadable(entries: Sequence[str]) -> Problem:
    """``entries`` names those that could not be read, each with the field at fault."""
    return Problem(Code.ENTRIES_UNREADABLE, entries=len(entries), technical=entries[0])


def _inside(listed: Sequence[Listed], category: str) -> int:
    return sum(category in item.paper.categories for item in listed)


def no_listing(day: date, deferred: Collection[date] = ()) -> Problem | None:
    """Why ``day`` has no listing, as a reason; None if arXiv's calendar gives it one."""
    why = calendar.why_none(day, deferred)
    if why is not None and why.code is Code.WEEKEND:
        return Problem(Code.NO_LISTING_AT_WEEKENDS, day=day)
    return why and Problem(Code.NO_LISTING, why=why)
