"""What arXiv's doors share: when it is no use to ask on."""

import asyncio
from datetime import date

import pytest

from bot.clock import ManualClock
from bot.errors import Refused, Unreachable
from bot.http import Http
from bot.messages.problems import render, words_or_nothing
from bot.models import Outcome, Status
from bot.problems import Code, Problem
from bot.sources.arxiv.endpoints import Answer, Endpoint, Question, no_listing
from tests import factories
from tests.factories import legacy

DAY = date(2026, 11, 18)
QUESTIONS = [Question(name, (name,)) for name in ("cs.AI", "cs.CL", "cs.CV", "cs.LG")]


async def asked(
    http: Http,
    clock: ManualClock,
    *answers: Answer | Exception,
    probe: bool = False,
    max_seconds: float = 60.0,
) -> list[Outcome]:
    """The outcomes when the questions are answered so, one after another."""
    left = list(answers)

    async def ask(question: Question) -> Answer:
        await asyncio.sleep(0)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    asking = Endpoint(http=http, clock=clock, ask=ask, probe=probe, max_seconds=max_seconds)
    return list((await asking.all(DAY, QUESTIONS)).outcomes)


FINE = Answer(status=Status.OK, listed=(factories.listed(day=DAY),))
OTHER = Answer(status=Status.FAILED, reason=legacy("still shows Tuesday"), other_day=True)


async def test_every_question_is_asked(http: Http, clock: ManualClock) -> None:
    outcomes = await asked(http, clock, FINE, FINE, FINE, FINE)
    assert [o.source for o in outcomes] == ["cs.AI", "cs.CL", "cs.CV", "cs.LG"]
    assert {o.items for o in outcomes} == {1}


async def test_a_probe_that_shows_another_day_speaks_for_all(
    http: Http, clock: ManualClock
) -> None:
    outcomes = await asked(http, clock, OTHER, probe=True)
    assert {o.status for o in outcomes} == {Status.FAILED}
    assert words_or_nothing(outcomes[3].reason) == "not asked: cs.AI: still shows Tuesday"


async def test_only_the_first_question_is_a_probe(http: Http, clock: ManualClock) -> None:
    outcomes = await asked(http, clock, FINE, OTHER, FINE, FINE, probe=True)
    assert [o.status for o in outcomes] == [Status.OK, Status.FAILED, Status.OK, Status.OK]


@pytest.mark.parametrize("error", [Refused("no"), ValueError("a fault of our own")])
async def test_a_refusal_costs_one_question_and_a_fault_is_raised(
    http: Http, clock: ManualClock, error: Exception
) -> None:
    if isinstance(error, ValueError):
        with pytest.raises(ValueError, match="our own"):
            await asked(http, clock, error)
        return
    outcomes = await asked(http, clock, error, error, error, FINE)
    assert [words_or_nothing(o.reason) for o in outcomes] == ["no", "no", "no", ""]


async def test_two_silences_in_a_row_end_it_and_one_does_not(
    http: Http, clock: ManualClock
) -> None:
    silent = Unreachable("no answer")
    outcomes = await asked(http, clock, silent, FINE, silent, silent)
    assert [o.status for o in outcomes].count(Status.OK) == 1
    outcomes = await asked(http, clock, silent, silent)
    assert [words_or_nothing(o.reason) for o in outcomes] == [
        "no answer",
        "no answer",
        "not asked: cs.CL: no answer",
        "not asked: cs.CL: no answer",
    ]


async def test_time_is_bounded_and_what_came_is_kept(http: Http, clock: ManualClock) -> None:
    outcomes = await asked(http, clock, FINE, max_seconds=0.0)
    assert [o.status for o in outcomes] == [Status.OK, *[Status.FAILED] * 3]
    assert words_or_nothing(outcomes[1].reason) == "not asked: arXiv answered too slowly"


async def test_a_question_for_many_categories_has_an_outcome_for_each(
    http: Http, clock: ManualClock
) -> None:
    papers = (
        factories.listed("2611.00001", categories=("cs.AI", "cs.CL")),
        factories.listed("2611.00002"),
    )

    async def ask(question: Question) -> Answer:
        return Answer(status=Status.OK, listed=papers)

    asking = Endpoint(http=http, clock=clock, ask=ask, probe=False)
    found = await asking.all(DAY, [Question("cs", ("cs.AI", "cs.CV", "cs.DC"))])
    assert {o.source: o.items for o in found.outcomes} == {"cs.AI": 1, "cs.CV": 1, "cs.DC": 0}


def test_days_and_reasons_are_written_out() -> None:
    shown = Problem(Code.STILL_SHOWS, days=[DAY, date(2026, 11, 17)])
    assert render(shown) == "still shows Tuesday 17 November 2026, Wednesday 18 November 2026"
    assert no_listing(DAY) is None
    assert "no listing on Saturdays" in words_or_nothing(no_listing(date(2026, 11, 21)))
