"""What became of the work on the archive that the bot does by itself, for who asks how it does."""

from datetime import datetime
from enum import StrEnum

import msgspec
from sqlite_utils import Database

from bot.problems import Problem
from bot.store import meta


class Task(StrEnum):
    """The values are stored, and labels of metrics."""

    BACKUP = "backup"
    CHECK = "check"


class Result(msgspec.Struct, frozen=True):
    """``problem`` is of the last try; None when it came to its end and nothing is wrong.

    Before the first try ``tried_at`` is since when it is waited for.
    """

    tried_at: datetime
    succeeded_at: datetime | None = None
    code: str = ""
    arguments: str = "{}"

    @property
    def was_tried(self) -> bool:
        return bool(self.succeeded_at or self.code)

    @property
    def problem(self) -> Problem | None:
        return Problem.from_json(self.code, self.arguments) if self.code else None


def begin(db: Database, task: Task, *, now: datetime) -> None:
    """Count the time until the first one from now on."""
    _put(db, task, Result(tried_at=now), now)


def note(db: Database, task: Task, problem: Problem | None, *, now: datetime) -> None:
    before = last(db, task)
    if problem is None:
        result = Result(tried_at=now, succeeded_at=now)
    else:
        result = Result(
            tried_at=now,
            succeeded_at=before.succeeded_at if before else None,
            code=problem.code,
            arguments=problem.to_json(),
        )
    _put(db, task, result, now)


def _put(db: Database, task: Task, result: Result, now: datetime) -> None:
    meta.put(db, _key(task), msgspec.json.encode(result).decode(), now=now)


def last(db: Database, task: Task) -> Result | None:
    """None before the first try, and for what cannot be read: it is done again then."""
    kept = meta.get(db, _key(task))
    if kept is None:
        return None
    try:
        result = msgspec.json.decode(kept, type=Result)
        _ = result.problem  # whether its arguments can be read
    except (msgspec.DecodeError, ValueError):
        return None
    return result


def results(db: Database) -> dict[Task, Result]:
    """Of the tasks that were tried."""
    kept = {task: last(db, task) for task in Task}
    return {task: result for task, result in kept.items() if result and result.was_tried}


def _key(task: Task) -> str:
    return f"upkeep.{task}"
