"""`/healthz`, `/metrics` and alerts, with a real archive and a real server."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import click
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app.client import HotpapersBot
from bot.app.discord_clock import DiscordClock
from bot.arxiv import taxonomy
from bot.cli.root import COMMAND_MODULES, root
from bot.clock import ManualClock
from bot.config import Config, Secrets, Settings
from bot.container import Services, services
from bot.models import Outcome, Rule, Status, TargetKind
from bot.monitoring.alerts import Alerts, ReportedProblems, message
from bot.monitoring.endpoints import Connection, Watching, serving
from bot.problems import Code, Problem
from bot.store import api_usage, days, ledger, rules
from tests import factories
from tests.discordd.limits import check_message
from tests.factories import legacy

DAY = date(2021, 3, 30)
NOW = datetime(2021, 3, 31, 6, 0, tzinfo=UTC)
RUNNING = Path(__file__).parents[2] / "docs" / "running.md"
ADMIN_CHANNEL = 77


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def opened(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Services]:
    settings = Settings()
    discord = msgspec.structs.replace(settings.discord, admin_channel=ADMIN_CHANNEL)
    settings = msgspec.structs.replace(settings, discord=discord)
    config = Config(settings, Secrets(), tmp_path / "hotpapers.db")
    async with services(config, clock) as found:
        yield found


@dataclass
class Line:
    """A connection that a test cuts."""

    connected: bool = True

    def look(self) -> Connection:
        return Connection(self.connected, 0.04 if self.connected else float("nan"), 3)


async def get(address: str, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address + path) as answer:
        return answer.status, await answer.text()


async def metrics(watching: Watching) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus' own parser reads the page."""
    async with serving(watching, "127.0.0.1", 0) as address:
        assert address is not None
        status, page = await get(address, "/metrics")
    assert status == 200
    found = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def outcome(source: str, status: Status, at: datetime = NOW, reason: str = "") -> Outcome:
    return Outcome(source=source, status=status, at=at, reason=legacy(reason))


async def test_metrics_tell_what_the_archive_knows(opened: Services) -> None:
    archive = opened.archive
    await archive.write(days.open_day, DAY)
    good, bad = outcome("x", Status.OK, NOW - timedelta(hours=1)), outcome("x", Status.FAILED)
    await archive.write(days.add_outcomes, DAY, "collect", [good, bad])
    await archive.write(days.add_outcomes, DAY, "harvest", [outcome("cs.CL", Status.EMPTY)])
    await archive.write(api_usage.note, "x", ["1", "2"], now=NOW)
    await archive.write(
        ledger.plan, kind=TargetKind.CHANNEL, target_id=9, rule_id=1, slot_at=NOW,
        payloads=["[]", "[]"], listing_day=DAY, now=NOW,
    )  # fmt: skip
    await archive.write(rules.save, factories.rule())
    found = await metrics(Watching(opened, Line().look, lambda: 2))
    assert found["hotpapers_source_up{source=x}"] == 0
    assert found["hotpapers_source_outcomes_total{source=x,status=ok}"] == 1
    assert found["hotpapers_source_outcomes_total{source=arxiv:cs.CL,status=empty}"] == 1
    assert (
        found["hotpapers_source_success_timestamp_seconds{source=x}"]
        == (NOW - timedelta(hours=1)).timestamp()
    )
    assert found["hotpapers_posts_read_today{source=x}"] == 2
    assert found["hotpapers_posts_read_limit{source=x}"] == 2000
    assert found["hotpapers_slots{state=planned}"] == 1
    assert found["hotpapers_messages{state=planned}"] == 2
    assert found["hotpapers_digests{state=active}"] == 1
    assert found["hotpapers_open_listings"] == 1
    assert found["hotpapers_archive_bytes"] > 10_000
    assert found["hotpapers_discord_connected"] == 1
    assert found["hotpapers_discord_guilds"] == 3
    assert found["hotpapers_problems"] == 2
    assert found["process_resident_memory_bytes"] > 1_000_000


async def test_a_blocked_event_loop_shows(opened: Services) -> None:
    watching = Watching(opened, Line().look, lambda: 0)
    async with serving(watching, "127.0.0.1", 0) as address:
        assert address is not None
        await asyncio.sleep(0.3)
        blocked = asyncio.get_running_loop().time() + 0.4
        while asyncio.get_running_loop().time() < blocked:
            pass
        await asyncio.sleep(0.3)
        _, page = await get(address, "/metrics")
    counts = dict(re.findall(r'lag_seconds_bucket\{le="([\d.]+)"\} ([\d.]+)', page))
    total = float(re.findall(r"lag_seconds_count ([\d.]+)", page)[0])
    assert float(counts["0.1"]) < total


async def test_every_metric_stands_in_its_document(opened: Services) -> None:
    watching = Watching(opened, Line().look, lambda: 0)
    await metrics(watching)
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in watching.metrics.registry.collect()
        if not family.name.startswith("process_")
    }
    documented = re.findall(r"^\| `(hotpapers_\w+)`", RUNNING.read_text(encoding="utf-8"), re.M)
    assert sorted(documented) == sorted(families)


async def test_every_job_stands_in_its_document(opened: Services) -> None:
    async with HotpapersBot(opened, run_jobs=False) as bot:
        jobs = {job.name: job.every for job in bot.schedule.jobs}
    rows = re.findall(r"^\| `(\w+)` \| (\d+) ([smh]) \|", RUNNING.read_text(encoding="utf-8"), re.M)
    seconds = {"s": 1, "m": 60, "h": 3600}
    assert {name: timedelta(seconds=int(n) * seconds[unit]) for name, n, unit in rows} == jobs


def test_every_command_of_the_command_line_stands_in_its_document() -> None:
    section = RUNNING.read_text(encoding="utf-8").partition("\n## Commands\n")[2]
    table = re.findall(r"^\| (`.+`) \|", section.partition("\n## ")[0], re.M)
    documented = {name for row in table for name in re.findall(r"`([a-z ]+)`", row)}
    found = set()
    for name in COMMAND_MODULES:
        command = root.get_command(click.Context(root), name)
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {one}" for one in inner} or {name}
    assert documented == found


async def test_healthz_is_well_while_connected(opened: Services) -> None:
    line = Line()
    async with serving(Watching(opened, line.look, lambda: 0), "127.0.0.1", 0) as address:
        assert address is not None
        status, page = await get(address, "/healthz")
        assert (status, json.loads(page)["status"]) == (200, "ok")
        line.connected = False
        status, page = await get(address, "/healthz")
        assert (status, json.loads(page)["connected"]) == (200, False)


async def test_healthz_fails_after_long_without_discord(opened: Services) -> None:
    watching = Watching(opened, Line(connected=False).look, lambda: 0, patience=0.05)
    async with serving(watching, "127.0.0.1", 0) as address:
        assert address is not None
        await asyncio.sleep(0.1)
        status, page = await get(address, "/healthz")
    assert (status, json.loads(page)["status"]) == (503, "failing")


async def test_healthz_fails_when_the_archive_cannot_be_read(opened: Services) -> None:
    watching = Watching(opened, Line().look, lambda: 0)
    async with serving(watching, "127.0.0.1", 0) as address:
        assert address is not None
        await opened.archive.write(lambda db: db.conn.execute("ALTER TABLE meta RENAME TO gone"))
        status, page = await get(address, "/healthz")
        await opened.archive.write(lambda db: db.conn.execute("ALTER TABLE gone RENAME TO meta"))
    assert status == 503
    assert "no such table" in json.loads(page)["archive"]


async def test_a_port_that_is_taken_stops_nothing(
    opened: Services, caplog: pytest.LogCaptureFixture
) -> None:
    watching = Watching(opened, Line().look, lambda: 0)
    async with serving(watching, "127.0.0.1", 0) as address:
        assert address is not None
        port = int(address.rpartition(":")[2])
        async with serving(watching, "127.0.0.1", port) as second:
            assert second is None
    assert "watch.unavailable" in caplog.text


# --- alerts -------------------------------------------------------------------------------------


@dataclass
class Channels:
    """Takes messages, unless Discord is away."""

    sent: list[tuple[int, Mapping[str, object]]] = field(default_factory=list)
    ready: bool = True
    broken: bool = False

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        if self.broken:
            raise ConnectionError
        self.sent.append((channel_id, body))
        return len(self.sent)

    def is_ready(self) -> bool:
        return self.ready

    @property
    def texts(self) -> list[str]:
        return [json.dumps(body["components"], ensure_ascii=False) for _, body in self.sent]


def place(rule: Rule) -> str:
    """Two channels are still there, and the server of a third."""
    return {5: "#papers of Ada's lab", 6: "Ada's lab"}.get(rule.channel_id, "")


async def fail(opened: Services, at: datetime, reason: str = "X answered 503") -> None:
    bad = outcome("x", Status.FAILED, at, reason)
    await opened.archive.write(days.add_outcomes, DAY, "collect", [bad])


async def test_one_message_for_a_problem_and_one_when_it_is_over(
    opened: Services, clock: ManualClock
) -> None:
    channels = Channels()
    alerts = Alerts(opened, channels, place, DiscordClock().check)
    await alerts.tick()
    assert channels.sent == []
    await fail(opened, NOW)
    clock.advance(timedelta(hours=1))
    for _ in range(3):
        await alerts.tick()
    await fail(opened, clock.now(), "X answered 502")
    await alerts.tick()
    (told,) = channels.texts
    assert "Problem: X fails since 2021-03-31 06:00 UTC: X answered 503" in told
    assert list(alerts.open) == ["source:x"]
    await opened.archive.write(
        days.add_outcomes, DAY, "collect", [outcome("x", Status.OK, clock.now())]
    )
    for _ in range(3):
        await alerts.tick()
    _, over = channels.texts
    assert "Over: X fails since" in over
    assert alerts.open == {}
    assert {channel for channel, _ in channels.sent} == {ADMIN_CHANNEL}


async def test_categories_that_fail_alike_are_told_by_their_common_reason(
    opened: Services, clock: ManualClock
) -> None:
    """Each is asked at an address of its own, which the channel is spared."""
    feeds = taxonomy.feeds(opened.config.settings.arxiv.categories)[:6]
    down = [
        replace(
            outcome(name, Status.FAILED, NOW),
            reason=Problem(
                Code.HOST_ANSWERED, host="x.org", status=status, address=f"https://x.org/{name}"
            ),
        )
        for name, status in zip(feeds, (404, 503, 503, 404, 503, 503), strict=True)
    ]
    await opened.archive.write(days.add_outcomes, DAY, "harvest", down)
    clock.advance(timedelta(hours=1))
    channels = Channels()
    await Alerts(opened, channels, place, DiscordClock().check).tick()
    assert (
        'arXiv fails for 6 categories since 2021-03-31 06:00 UTC: x.org answered 503"'
        in (channels.texts[0])
    )


async def test_a_hiccup_is_no_problem(opened: Services, clock: ManualClock) -> None:
    channels = Channels()
    await fail(opened, NOW)
    clock.advance(timedelta(minutes=30))
    await Alerts(opened, channels, place, DiscordClock().check).tick()
    assert channels.sent == []


async def test_a_restart_tells_nothing_twice(opened: Services, clock: ManualClock) -> None:
    await fail(opened, NOW)
    clock.advance(timedelta(hours=1))
    first, second = Channels(), Channels()
    await Alerts(opened, first, place, DiscordClock().check).tick()
    await Alerts(opened, second, place, DiscordClock().check).tick()
    assert (len(first.sent), second.sent) == (1, [])


async def test_a_message_that_was_not_sent_is_sent_later_and_noted_once(
    opened: Services, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await fail(opened, NOW)
    clock.advance(timedelta(hours=1))
    channels = Channels(broken=True)
    alerts = Alerts(opened, channels, place, DiscordClock().check)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            await alerts.tick()
    channels.broken = False
    await alerts.tick()
    ((_, body),) = channels.sent
    assert body["enforce_nonce"] is True
    assert caplog.text.count("problem.began") == 1


def test_a_message_has_its_own_nonce_whatever_the_reason_by_now() -> None:
    first = message(ReportedProblems(), ReportedProblems(1, {"source:x": "X fails: 503"}))
    again = message(ReportedProblems(), ReportedProblems(1, {"source:x": "X fails: 502"}))
    more = message(
        ReportedProblems(),
        ReportedProblems(1, {"source:x": "X fails: 502", "disk": "The disk is full."}),
    )
    assert first["nonce"] == again["nonce"] != more["nonce"]
    assert len(str(more["nonce"])) <= 25


async def test_nothing_is_told_before_discord_is_there(
    opened: Services, clock: ManualClock
) -> None:
    await fail(opened, NOW)
    clock.advance(timedelta(hours=1))
    channels = Channels(ready=False)
    alerts = Alerts(opened, channels, place, DiscordClock().check)
    await alerts.tick()
    channels.ready = True
    await alerts.tick()
    assert len(channels.sent) == 1


async def test_suspended_digests_are_problems_and_paused_ones_are_not(opened: Services) -> None:
    suspended = replace(
        factories.rule(), suspended=Problem(Code.MISSING_PERMISSIONS, permissions=["Send Messages"])
    )
    await opened.archive.write(rules.save, suspended)
    await opened.archive.write(rules.save, replace(suspended, paused=True))
    channels = Channels()
    alerts = Alerts(opened, channels, place, DiscordClock().check)
    await alerts.tick()
    assert list(alerts.open) == ["digest:1"]
    assert "lacks Send Messages" in channels.texts[0]


async def test_a_suspended_digest_is_named_by_what_is_left_of_its_place(opened: Services) -> None:
    for channel in (5, 6, 7):
        suspended = replace(
            factories.rule(), channel_id=channel, suspended=Problem(Code.CHANNEL_GONE)
        )
        await opened.archive.write(rules.save, suspended)
    alerts = Alerts(opened, Channels(), place, DiscordClock().check)
    await alerts.tick()
    assert list(alerts.open.values()) == [
        "Digest 1 in #papers of Ada's lab waits: The channel no longer exists.",
        "Digest 2 in Ada's lab waits: The channel no longer exists.",
        "Digest 3 waits: The channel no longer exists.",
    ]


def test_a_message_of_many_problems_stays_inside_the_limits() -> None:
    many = {f"digest:{n}": f"Digest {n} waits: @everyone " + "long words " * 40 for n in range(500)}
    body = message(ReportedProblems(), ReportedProblems(1, many))
    assert check_message(dict(body)) == []
    assert "and 489 more" in json.dumps(body)


async def test_arxiv_that_is_down_is_one_problem_and_not_one_for_each_category(
    opened: Services, clock: ManualClock
) -> None:
    feeds = taxonomy.feeds(opened.config.settings.arxiv.categories)
    down = [outcome(feed, Status.FAILED, NOW, "arXiv answered 503") for feed in feeds]
    await opened.archive.write(days.add_outcomes, DAY, "harvest", down)
    clock.advance(timedelta(hours=1))
    channels = Channels()
    alerts = Alerts(opened, channels, place, DiscordClock().check)
    await alerts.tick()
    assert list(alerts.open) == ["source:arxiv"]
    (told,) = channels.texts
    assert "Problem: arXiv fails for 41 categories since 2021-03-31 06:00 UTC: arXiv" in told
    but_one = [
        replace(each, status=Status.OK, at=clock.now(), reason=legacy("")) for each in down[1:]
    ]
    await opened.archive.write(days.add_outcomes, DAY, "harvest", but_one)
    await alerts.tick()
    assert list(alerts.open) == [f"source:arxiv:{feeds[0]}"]
    assert "Over: arXiv fails for 41 categories" in channels.texts[-1]
