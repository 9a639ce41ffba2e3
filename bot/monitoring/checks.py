"""What an examination says: typed findings, each with what would mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    HINT = "hint"  # works, and could be better
    PROBLEM = "problem"  # something does not work until it is mended


@dataclass(frozen=True, slots=True)
class Check:
    """``name`` is a stable word for programs, such as ``disk`` or ``digest:3``.

    ``says`` is a sentence about what is, ``mend`` one about what to do; empty when all is well.
    """

    name: str
    state: State
    message: str
    fix: str = ""


def worst(findings: Iterable[Check]) -> State:
    order = list(State)
    return max((finding.state for finding in findings), key=order.index, default=State.OK)
