"""Discord's rate limits: per bucket, per bot, per hour of crossposts, and the ban of an address.

Of these only 50 requests a second and 10,000 invalid ones in ten minutes are published
(discord-api-docs, topics/rate-limits). Five messages in five seconds and ten crossposts an hour
are what everyone measures; the shape of a crosspost's refusal (scope `shared`, the true wait in
the body alone) is discord-api-docs#6109's. The remaining buckets are guesses on the wide side.
A window opens with its first request and ends after its seconds, as `Reset-After` counts down.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from math import ceil
from zlib import crc32

from tests.discordd.clock import ServerClock
from tests.discordd.wire import Obj

GLOBAL_PER_SECOND = 50
INVALID_LIMIT = 10_000
INVALID_SECONDS = 600.0
CROSSPOSTS_PER_HOUR = 10

MESSAGES = "/channels/{channel_id}/messages"
ONE_MESSAGE = MESSAGES + "/{message_id}"
CROSSPOST = ONE_MESSAGE + "/crosspost"

_BUCKETS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", MESSAGES): (5, 5.0),
    ("PATCH", ONE_MESSAGE): (5, 5.0),
    ("DELETE", ONE_MESSAGE): (5, 1.0),
    ("POST", CROSSPOST): (5, 5.0),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"): (5, 2.0),
}
_OTHERS = (50, 1.0)
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(slots=True)
class Window:
    """`limit` requests in `seconds`, counted from the first of them."""

    limit: int
    seconds: float
    opened: float = float("-inf")
    used: int = 0

    def take(self, now: float) -> bool:
        if now >= self.opened + self.seconds:
            self.opened, self.used = now, 0
        self.used += 1
        return self.used <= self.limit

    def left(self, now: float) -> float:
        """Seconds until the window ends."""
        return max(self.opened + self.seconds - now, 0.001)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429: who shares the limit (`user`, `shared`, `global`) and how long to wait (seconds)."""

    scope: str
    retry_after: float
    code: int = 0

    def body(self) -> Obj:
        message = {
            "shared": "The resource is being rate limited.",
            "user": "You are being rate limited.",
            "global": "You are being rate limited.",
        }[self.scope]
        body: Obj = {
            "message": message,
            "retry_after": round(self.retry_after, 3),
            "global": self.scope == "global",
        }
        return {**body, "code": self.code} if self.code else body

    def headers(self) -> dict[str, str]:
        headers = {
            "Retry-After": str(ceil(self.retry_after)),
            "X-RateLimit-Scope": self.scope,
        }
        if self.scope == "global":
            headers["X-RateLimit-Global"] = "true"
        return headers


@dataclass
class RateLimits:
    """`enabled=False` lets everything pass and sends no headers. `stretch` makes every window
    shorter or longer by a factor, so that a test need not wait its five seconds.

    `refused` counts the 429s by scope; `invalid` holds when a 401, 403 or 429 was answered.
    """

    clock: ServerClock
    enabled: bool = False
    stretch: float = 1.0
    per_second: int = GLOBAL_PER_SECOND
    invalid_limit: int = INVALID_LIMIT
    refused: Counter[str] = field(default_factory=Counter)
    invalid: deque[float] = field(default_factory=deque)
    _windows: dict[tuple[str, ...], Window] = field(default_factory=dict)

    def check(self, method: str, route: str, params: dict[str, str]) -> Refusal | None:
        """Counts one request; what it is refused with, if it is."""
        if not self.enabled:
            return None
        now = self.clock.now()
        # The endpoints of interactions do not count towards the bot's 50 a second.
        exempt = route.startswith(("/interactions/", "/webhooks/"))
        everything = self._window(("global",), self.per_second, 1.0)
        if not exempt and not everything.take(now):
            return Refusal("global", everything.left(now))
        window = self._bucket(method, route, params)
        if not window.take(now):
            return Refusal("user", window.left(now))
        return self._crosspost(params, now) if route == CROSSPOST else None

    def headers(self, method: str, route: str, params: dict[str, str]) -> dict[str, str]:
        if not self.enabled:
            return {}
        now = self.clock.now()
        window = self._bucket(method, route, params)
        left = window.left(now)
        return {
            "X-RateLimit-Bucket": f"{crc32(f'{method} {route}'.encode()):08x}",
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(max(window.limit - window.used, 0)),
            "X-RateLimit-Reset": f"{now + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
        }

    def count(self, status: int, scope: str | None) -> None:
        """Keeps the book of invalid requests; a 429 of scope `shared` is not among them."""
        if status == 429:
            self.refused[scope or "user"] += 1
        if status in {401, 403} or (status == 429 and scope != "shared"):
            self.invalid.append(self.clock.now())

    @property
    def banned(self) -> bool:
        """Too many invalid requests in ten minutes: the address gets Cloudflare's page."""
        now = self.clock.now()
        while self.invalid and now - self.invalid[0] > INVALID_SECONDS:
            self.invalid.popleft()
        return len(self.invalid) >= self.invalid_limit

    def _bucket(self, method: str, route: str, params: dict[str, str]) -> Window:
        limit, seconds = _BUCKETS.get((method, route), _OTHERS)
        major = (params[name] for name in _MAJOR if name in params)
        return self._window((method, route, *major), limit, seconds)

    def _window(self, key: tuple[str, ...], limit: int, seconds: float) -> Window:
        if key not in self._windows:
            self._windows[key] = Window(limit, seconds * self.stretch)
        return self._windows[key]

    def _crosspost(self, params: dict[str, str], now: float) -> Refusal | None:
        key = ("crosspost", params["channel_id"])
        hour = self._window(key, CROSSPOSTS_PER_HOUR, 3600.0)
        return None if hour.take(now) else Refusal("shared", hour.left(now), code=20028)
