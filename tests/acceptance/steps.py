"""Steps that pass or fail, one after another, and what a part of the acceptance says at its end."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Unavailable(Exception):
    """Why a part cannot be tried here: what it needs is not to be had."""


@dataclass
class Steps:
    """Of one part. A step that fails does not stop those behind it."""

    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        try:
            yield
        except Unavailable:
            raise
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error}"[:2000]
            self.fail(f"{name}: {what} ({place.name}, line {place.lineno})")
        else:
            self.passed += 1

    def fail(self, what: str) -> None:
        self.failures.append(what)
        say(f"  failed: {what}")

    def __str__(self) -> str:
        return f"{self.name}: {self.passed} passed, {len(self.failures)} failed"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
