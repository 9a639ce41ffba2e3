"""What arXiv's doors said about each category, and what that amounts to. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.models import Outcome, Status
from bot.problems import Code, Problem, several

ANSWERED = (Status.OK, Status.EMPTY)
_WITHOUT_REASON = {
    Status.OK: Problem(Code.ANSWERED_IN_FULL),
    Status.EMPTY: Problem(Code.NOTHING_ANNOUNCED),
}


class HarvestResult:
    """``kept`` are whole answers of earlier runs: those categories are not asked again."""

    def __init__(self, wanted: Sequence[str], kept: Mapping[str, Outcome]) -> None:
        self._wanted = tuple(wanted)
        self._kept = dict(kept)
        self._answers: dict[str, list[tuple[str, Outcome]]] = {}

    def add(self, door: str, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self._answers.setdefault(outcome.source, []).append((door, outcome))

    def doubt(self, door: str, reason: Problem) -> None:
        """What this door said to be empty is open again: another door has papers."""
        for category, answers in self._answers.items():
            self._answers[category] = [
                (name, replace(outcome, status=Status.FAILED, reason=reason))
                if name == door and outcome.status is Status.EMPTY
                else (name, outcome)
                for name, outcome in answers
            ]

    def is_incomplete(self, category: str) -> bool:
        return self._status(category) is Status.INCOMPLETE

    def missing(self) -> list[str]:
        """The categories that have no whole answer yet."""
        return [name for name in self._wanted if self._status(name) not in ANSWERED]

    def whole(self) -> bool:
        return not self.missing()

    def nothing(self) -> bool:
        """Whether every category was said to be empty."""
        return all(self._status(name) is Status.EMPTY for name in self._wanted)

    def asked(self) -> tuple[Outcome, ...]:
        """One outcome for every category that was asked in this run."""
        return tuple(_amount(answers) for answers in self._answers.values())

    def all(self) -> tuple[Outcome, ...]:
        """One outcome for every category. Those kept from earlier took no request now."""
        asked = {outcome.source: outcome for outcome in self.asked()}
        kept = {name: replace(outcome, requests=0) for name, outcome in self._kept.items()}
        known = kept | asked
        return tuple(known[name] for name in self._wanted if name in known)

    def _status(self, category: str) -> Status | None:
        if category in self._answers:
            return _stands([outcome for _, outcome in self._answers[category]]).status
        return self._kept[category].status if category in self._kept else None


def _amount(answers: Sequence[tuple[str, Outcome]]) -> Outcome:
    """Several doors' answers for one category: their reasons and requests add up."""
    if len(answers) == 1:
        return answers[0][1]
    outcomes = [outcome for _, outcome in answers]
    reasons = [
        Problem(Code.OF_ENDPOINT, endpoint=door, problem=reason)
        for door, outcome in answers
        if (reason := outcome.reason or _WITHOUT_REASON.get(outcome.status))
    ]
    return replace(
        _stands(outcomes),
        reason=several(reasons),
        requests=sum(outcome.requests for outcome in outcomes),
        items=max(outcome.items for outcome in outcomes),
        at=outcomes[-1].at,
    )


def _stands(outcomes: Sequence[Outcome]) -> Outcome:
    """The last one that did not fail, else the last one."""
    answers = [outcome for outcome in outcomes if outcome.status is not Status.FAILED]
    return (answers or outcomes)[-1]
