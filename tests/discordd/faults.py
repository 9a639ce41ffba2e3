"""Faults that a test orders for requests to come: Discord's bad days.

`after=True` means that the request took effect before it failed: the message stands in the channel,
and the app does not know.
"""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias

Breakage: TypeAlias = Literal[
    "status", "drop", "reset", "delay", "slow_body", "cloudflare", "malformed", "rate_limit"
]
"""How a request fails:

- `status`: answers `status` (with `after`: of a request that was carried out);
- `drop`: closes the connection without an answer; `reset`: the same, with a TCP reset;
- `delay`: waits `seconds`, then goes on as if nothing were (`after`: waits before the answer);
- `slow_body`: carries out and sends half the body, the rest `seconds` later;
- `cloudflare`: a 429 with an HTML page (error 1015) and without `Via`;
- `malformed`: carries out and answers a JSON body that breaks off;
- `rate_limit`: a 429 of `scope` that asks to wait `seconds`.
"""

CLOUDFLARE_1015 = (
    "<!DOCTYPE html>\n<html><head><title>Access denied | discord.com used Cloudflare to restrict"
    " access</title></head><body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>"
)


@dataclass(slots=True)
class Fault:
    """`path` is a regular expression for the whole path below `/api/v10`, or `/gateway`.

    The first `skip` matching requests pass, the next `times` fail (`None`: all), each with
    probability `chance`. `hits` counts the failures.
    """

    kind: Breakage
    method: str = "*"
    path: str = ".*"
    times: int | None = 1
    after: bool = False
    skip: int = 0
    chance: float = 1.0
    status: int = 500
    code: int = 0
    seconds: float = 0.0
    scope: Literal["user", "shared", "global"] = "user"
    hits: int = 0

    def wants(self, method: str, path: str, random: Random) -> bool:
        if self.method not in {"*", method} or not re.fullmatch(self.path, path):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        return self.chance >= 1.0 or random.random() < self.chance


@dataclass
class Faults:
    """Asked in the order they were added; the first that matches applies."""

    random: Random = field(default_factory=lambda: Random(1))
    ordered: list[Fault] = field(default_factory=list)

    def add(
        self,
        kind: Breakage,
        method: str = "*",
        path: str = ".*",
        *,
        times: int | None = 1,
        after: bool = False,
        skip: int = 0,
        chance: float = 1.0,
        status: int = 500,
        code: int = 0,
        seconds: float = 0.0,
        scope: Literal["user", "shared", "global"] = "user",
    ) -> Fault:
        fault = Fault(kind, method, path, times, after, skip, chance, status, code, seconds, scope)
        self.ordered.append(fault)
        return fault

    def clear(self) -> None:
        self.ordered.clear()

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.ordered:
            if fault.wants(method, path, self.random):
                fault.hits += 1
                return fault
        return None
