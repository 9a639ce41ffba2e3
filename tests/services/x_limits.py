"""What X counts: requests in windows of 15 minutes, and posts and requests that cost money."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tests.services.x_posts import Json

WINDOW = timedelta(minutes=15)
# Requests per window of an app with its own token (docs.x.com, rate limits).
LIMITS = {
    "/2/tweets/search/recent": 450,
    "/2/tweets/search/all": 300,
    "/2/tweets/counts/recent": 300,
    "/2/tweets/counts/all": 300,
    "/2/tweets": 3500,
    "/2/usage/tweets": 50,
}
# Prices in thousandths of a dollar (docs.x.com, pricing).
POST, USER, COUNTS_RECENT, COUNTS_ALL = 5, 10, 5, 10


@dataclass(slots=True)
class Windows:
    """Requests left per path. ``limits`` may be lowered by a test."""

    limits: dict[str, int] = field(default_factory=lambda: dict(LIMITS))
    _used: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def take(self, path: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Whether the request may pass, and the headers that every answer carries."""
        limit = self.limits[path]
        began, used = self._used.get(path, (now, 0))
        if now >= began + WINDOW:
            began, used = now, 0
        allowed = used < limit
        used += allowed
        self._used[path] = (began, used)
        return allowed, {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(limit - used),
            "x-rate-limit-reset": str(int((began + WINDOW).timestamp())),
        }


@dataclass(slots=True)
class Ledger:
    """What the operator will be billed. A post costs once per UTC day, however often it is read.

    ``returned`` counts, per UTC day, how often each post was in an answer: a value above 1 is a
    read that a thrifty client would have saved. ``bill_users`` charges for expanded users too,
    which X's documents leave open.
    """

    bill_users: bool = False
    returned: dict[date, Counter[str]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    _mils: int = 0

    @property
    def dollars(self) -> float:
        return self._mils / 1000

    @property
    def posts_read(self) -> int:
        """Posts charged, over all days."""
        return sum(len(day) for day in self.returned.values())

    def read_on(self, day: date) -> int:
        return len(self.returned.get(day, ()))

    def read_again(self) -> list[str]:
        """Ids that came more than once on one UTC day."""
        return [n for day in self.returned.values() for n, times in day.items() if times > 1]

    def charge_posts(self, ids: Iterable[str], now: datetime) -> None:
        day = self.returned.setdefault(now.astimezone(UTC).date(), Counter())
        for post_id in ids:
            self._mils += POST if post_id not in day else 0
            day[post_id] += 1

    def charge_users(self, count: int) -> None:
        if self.bill_users:
            self._mils += USER * count

    def charge_request(self, path: str) -> None:
        self.requests[path] += 1
        self._mils += {
            "/2/tweets/counts/recent": COUNTS_RECENT,
            "/2/tweets/counts/all": COUNTS_ALL,
        }.get(path, 0)


def usage(ledger: Ledger, cap: int, days: list[date], numbers_as_text: bool) -> Json:
    """The body of /2/usage/tweets; the newer API writes its numbers as text."""
    as_number: type[str] | type[int] = str if numbers_as_text else int
    project = "1764192610708"
    return {
        "data": {
            "cap_reset_day": 17,
            "project_cap": as_number(cap),
            "project_id": project,
            "project_usage": as_number(ledger.posts_read),
            "daily_project_usage": {
                "project_id": project if numbers_as_text else 1,
                "usage": [
                    {"date": f"{day}T00:00:00.000Z", "usage": as_number(ledger.read_on(day))}
                    for day in days
                ],
            },
        }
    }
