"""What ``/metrics`` shows, in Prometheus' own form. docs/running.md lists every metric.

Numbers that the archive keeps are read from it when somebody asks, so they survive a restart;
only the event loop's lag and the requests are counted here.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.models import DeliveryState, Status
from bot.monitoring.health import Health, SourceHealth
from bot.store.health import Delay

CONTENT_TYPE = CONTENT_TYPE_LATEST

_LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything at one moment. ``outcomes`` are totals by (source, status), ``delay`` that of
    the last 24 hours; ``requests`` and ``requests_today`` count by host, ``unreadable``
    events of Discord by type.
    """

    health: Health
    outcomes: Mapping[tuple[str, Status], int]
    slots: Mapping[DeliveryState, int]
    delay: Delay
    requests: Mapping[str, int]
    requests_today: Mapping[str, int]
    connected: bool
    latency: float
    guilds: int
    unreadable: Mapping[str, int]
    problems: int


class Metrics(Collector):
    """One registry, not the library's global one: tests run several bots in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.lag = Histogram(
            "hotpapers_event_loop_lag_seconds",
            "How much later than asked the event loop woke a sleeper",
            buckets=_LAG_BUCKETS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self._newest: Snapshot | None = None
        self.registry.register(self)

    def show(self, snapshot: Snapshot) -> bytes:
        """The page, with ``snapshot`` in it."""
        self._newest = snapshot
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        """Called by the registry. Also once when it is registered, before there is anything."""
        if self._newest is not None:
            yield from families(self._newest)


def families(now: Snapshot) -> Iterator[Metric]:
    """Every metric that is read from a snapshot. Pure."""
    health = now.health
    yield _gauge("build", "The version that runs, as a label", {(health.version,): 1}, ["version"])
    yield from _sources(health.sources)
    yield _counter(
        "source_outcomes", "How often each source ended how",
        {(source, status.value): n for (source, status), n in now.outcomes.items()},
        ["source", "status"],
    )  # fmt: skip
    yield _counter(
        "http_requests", "Requests sent since the start, without Discord's",
        {(host,): count for host, count in now.requests.items()}, ["host"],
    )  # fmt: skip
    yield _gauge(
        "http_requests_today", "Requests sent on this UTC day by this process",
        {(host,): count for host, count in now.requests_today.items()}, ["host"],
    )  # fmt: skip
    yield _gauge(
        "slots", "Slots by the state of their first message",
        {(state.value,): now.slots.get(state, 0) for state in DeliveryState}, ["state"],
    )  # fmt: skip
    yield _gauge(
        "messages", "Messages in the ledger by state",
        {(state.value,): health.deliveries.get(state, 0) for state in DeliveryState}, ["state"],
    )  # fmt: skip
    yield _gauge("digests", "Digests that channels asked for", _labelled(health.rules), ["state"])
    done = {task: result.succeeded_at for task, result in health.upkeep.items()}
    yield _gauge(
        "upkeep_success_timestamp_seconds", "When work on the archive last came to a good end",
        {(task.value,): at.timestamp() for task, at in done.items() if at}, ["task"],
    )  # fmt: skip
    yield _gauge(
        "upkeep_up", "Whether the last work on the archive came to a good end",
        {(task.value,): float(r.problem is None) for task, r in health.upkeep.items()}, ["task"],
    )  # fmt: skip
    yield _counter(
        "discord_unreadable_events", "Events of Discord that could not be read and were left out",
        _labelled(now.unreadable), ["type"],
    )  # fmt: skip
    yield from _alone(now)


def _sources(found: Iterable[SourceHealth]) -> Iterator[Metric]:
    asked = [source for source in found if source.last is not None]
    yield _gauge(
        "source_up", "Whether a source's last answer was whole; absent when it is off",
        {
            (source.source,): float(source.last.status in (Status.OK, Status.EMPTY))
            for source in asked
            if source.last is not None and source.last.status is not Status.OFF
        },
        ["source"],
    )  # fmt: skip
    yield _gauge(
        "source_success_timestamp_seconds", "When a source last answered in full",
        {(s.source,): s.succeeded_at.timestamp() for s in asked if s.succeeded_at is not None},
        ["source"],
    )  # fmt: skip
    quotas = {(source.source,): source.quota for source in found if source.quota is not None}
    yield _gauge(
        "posts_read_today", "Posts read on this UTC day from a source that bills by the post",
        {key: quota.used for key, quota in quotas.items()}, ["source"],
    )  # fmt: skip
    yield _gauge(
        "posts_read_limit", "How many may be read in a day",
        {key: quota.limit for key, quota in quotas.items()}, ["source"],
    )  # fmt: skip


def _alone(now: Snapshot) -> Iterator[Metric]:
    """Numbers without labels."""
    values = {
        "delivery_delay_mean_seconds": (
            "From slot to first message, mean of the last 24 hours", now.delay.mean),
        "delivery_delay_max_seconds": (
            "From slot to first message, longest of the last 24 hours", now.delay.longest),
        "deliveries_day": ("Slots of the last 24 hours that were sent", now.delay.slots),
        "archive_bytes": ("Size of the archive with its journal", now.health.archive_bytes),
        "open_listings": ("Listing days that are not closed yet", len(now.health.open_days)),
        "closed_day_timestamp_seconds": (
            "The newest closed listing day", _midnight(now.health.newest_closed)),
        "discord_connected": ("Whether every shard is connected", float(now.connected)),
        "discord_latency_seconds": (
            "Discord's answer to a heartbeat", now.latency if now.connected else math.nan),
        "discord_guilds": ("Servers that the bot is in", now.guilds),
        "problems": ("Problems that the admin channel was told of", now.problems),
    }  # fmt: skip
    for name, (about, value) in values.items():
        yield GaugeMetricFamily(f"hotpapers_{name}", about, value=value)


def _midnight(day: date | None) -> float:
    return math.nan if day is None else datetime.combine(day, time(), UTC).timestamp()


def _labelled(counts: Mapping[str, int]) -> dict[tuple[str, ...], float]:
    return {(name,): count for name, count in counts.items()}


def _gauge(
    name: str, about: str, values: Mapping[tuple[str, ...], float], labels: list[str]
) -> Metric:
    return _filled(GaugeMetricFamily(f"hotpapers_{name}", about, labels=labels), values)


def _counter(
    name: str, about: str, values: Mapping[tuple[str, ...], float], labels: list[str]
) -> Metric:
    return _filled(CounterMetricFamily(f"hotpapers_{name}", about, labels=labels), values)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, values: Mapping[tuple[str, ...], float]
) -> Metric:
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family
