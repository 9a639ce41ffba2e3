"""`status`: what the archive says about how the program is doing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.clock import ManualClock
from bot.config import ArxivSection, Config, Secrets, Settings, XSection
from bot.messages.problems import words_or_nothing
from bot.models import DeliveryState, Outcome, Status, TargetKind
from bot.monitoring.health import Health, document, health, states
from bot.problems import Code, Problem
from bot.store import Archive, api_usage, days, ledger, rules
from bot.store import health as stored
from tests import factories
from tests.e2e import program
from tests.factories import legacy

NOW = datetime(2021, 3, 31, 6, 0, tzinfo=UTC)
DAY = date(2021, 3, 30)
HOUR = timedelta(hours=1)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "hotpapers.db") as opened:
        yield opened


def config(archive: Archive) -> Config:
    settings = Settings(arxiv=ArxivSection(categories=("cs.CL", "stat.ML")))
    sources = msgspec.structs.replace(settings.sources, x=XSection(posts_per_day=500))
    return Config(msgspec.structs.replace(settings, sources=sources), Secrets(), archive.path)


async def asked(archive: Archive, *, slots: int = 10, guild_id: int | None = None) -> Health:
    clock = ManualClock(NOW)
    return await health(archive, config(archive), clock, slots=slots, guild_id=guild_id)


def outcome(source: str, status: Status, at: datetime, reason: str = "") -> Outcome:
    return Outcome(
        source=source,
        status=status,
        at=at,
        reason=legacy(reason),
        requests=2,
        items=5,
    )


async def test_an_empty_archive_names_every_source_as_not_asked(archive: Archive) -> None:
    found = await asked(archive)
    assert [source.source for source in found.sources] == [
        "arxiv:cs.CL", "arxiv:stat.ML", "x", "bluesky", "mastodon", "hackernews", "huggingface",
    ]  # fmt: skip
    assert all(source.last is None and source.lag is None for source in found.sources)
    assert found.newest_closed is None
    assert found.archive_bytes > 0


async def test_arxiv_and_each_network_have_one_state_for_the_log(archive: Archive) -> None:
    await archive.write(days.open_day, DAY)
    harvested = [outcome("cs.CL", Status.EMPTY, NOW), outcome("stat.ML", Status.FAILED, NOW)]
    await archive.write(days.add_outcomes, DAY, "harvest", harvested)
    await archive.write(days.add_outcomes, DAY, "collect", [outcome("hackernews", Status.OK, NOW)])
    assert states((await asked(archive)).sources, {"x"}) == {
        "arxiv": "failed",
        "x": "off",
        "bluesky": "not asked yet",
        "mastodon": "not asked yet",
        "hackernews": "ok",
        "huggingface": "not asked yet",
    }


async def test_lag_counts_from_the_last_answer_in_full(archive: Archive) -> None:
    good = outcome("hackernews", Status.OK, NOW - 5 * HOUR)
    bad = outcome("hackernews", Status.FAILED, NOW - HOUR, "no answer within 300 s")
    await archive.write(days.open_day, DAY)
    await archive.write(days.add_outcomes, DAY, "collect", [good])
    await archive.write(days.add_outcomes, DAY, "collect", [bad])
    by_name = {source.source: source for source in (await asked(archive)).sources}
    source = by_name["hackernews"]
    assert source.last is not None
    assert (source.last.status, words_or_nothing(source.last.reason)) == (
        Status.FAILED,
        "no answer within 300 s",
    )
    assert source.succeeded_at == NOW - 5 * HOUR
    assert source.lag == 5 * HOUR
    assert source.day == DAY


async def test_a_source_that_never_answered_has_no_lag(archive: Archive) -> None:
    bad = outcome("cs.CL", Status.INCOMPLETE, NOW - HOUR, "3 of 40 are missing")
    await archive.write(days.add_outcomes, DAY, "harvest", [bad])
    (source, *_) = (await asked(archive)).sources
    assert source.source == "arxiv:cs.CL"
    assert source.lag is None


async def test_a_network_that_was_not_asked_has_not_answered(archive: Archive) -> None:
    idle = replace(outcome("x", Status.EMPTY, NOW - HOUR), requests=0)
    await archive.write(days.add_outcomes, DAY, "collect", [idle])
    shared = replace(outcome("cs.CL", Status.EMPTY, NOW - HOUR), requests=0)
    await archive.write(days.add_outcomes, DAY, "harvest", [shared])
    by_name = {source.source: source for source in (await asked(archive)).sources}
    assert by_name["x"].lag is None
    assert by_name["arxiv:cs.CL"].lag == HOUR
    answered = replace(idle, requests=1)
    await archive.write(days.add_outcomes, DAY, "collect", [answered])
    by_name = {source.source: source for source in (await asked(archive)).sources}
    assert by_name["x"].lag == HOUR


async def test_sources_of_earlier_settings_are_left_out(archive: Archive) -> None:
    await archive.write(days.add_outcomes, DAY, "harvest", [outcome("quant-ph", Status.OK, NOW)])
    assert "arxiv:quant-ph" not in {s.source for s in (await asked(archive)).sources}


async def test_the_quota_of_x_is_that_of_this_utc_day(archive: Archive) -> None:
    await archive.write(api_usage.note, "x", ["1", "2", "3"], now=NOW - timedelta(days=1))
    await archive.write(api_usage.note, "x", ["3", "4"], now=NOW)
    (quota,) = [s.quota for s in (await asked(archive)).sources if s.quota]
    assert (quota.used, quota.limit, quota.unit) == (2, 500, "posts read")


async def test_the_next_slots_come_soonest_first_and_by_server(archive: Archive) -> None:
    noon, nine = NOW.replace(hour=12).time(), NOW.replace(hour=9).time()
    for guild, at in ((1, noon), (1, nine), (2, noon)):
        made = factories.rule(guild_id=guild, channel_id=10 + guild, at=at, zone="UTC")
        await archive.write(rules.save, made)
    paused = factories.rule(guild_id=1, zone="UTC")
    await archive.write(rules.save, replace(paused, paused=True))
    found = await asked(archive)
    assert [slot.rule_id for slot in found.slots] == [2, 1, 3]
    assert found.slots[0].at == datetime(2021, 3, 31, 9, 0, tzinfo=UTC)
    assert found.rules == {"active": 3, "paused": 1, "parked": 0}
    assert [slot.rule_id for slot in (await asked(archive, guild_id=2)).slots] == [3]
    assert len((await asked(archive, slots=1)).slots) == 1


async def test_deliveries_and_their_delay_are_counted(archive: Archive) -> None:
    for minutes in (1, 5):
        slot_at = NOW - minutes * HOUR
        rule_id = await archive.write(rules.save, factories.rule(channel_id=9))
        (row,) = await archive.write(
            ledger.plan, kind=TargetKind.CHANNEL, target_id=9, rule_id=rule_id, slot_at=slot_at,
            payloads=["[]"], listing_day=DAY, now=slot_at,
        )  # fmt: skip
        await archive.write(ledger.reserve, row.delivery_id, 9, now=slot_at)
        sealed = slot_at + timedelta(seconds=10 * minutes)
        await archive.write(ledger.mark_sent, row.delivery_id, 77, now=sealed)
    assert (await asked(archive)).deliveries == {DeliveryState.SENT: 2}
    delays = await archive.read(stored.delays_since, NOW - timedelta(days=1))
    assert (delays.slots, delays.mean, delays.longest) == (2, 30.0, 50.0)
    recent = await archive.read(stored.delays_since, NOW - 2 * HOUR)
    assert recent.slots == 1


async def test_the_document_is_json_all_through(archive: Archive) -> None:
    silent = Problem(Code.HOST_TIMED_OUT, host="a.example", address="https://a.example/x")
    bad = replace(outcome("hackernews", Status.FAILED, NOW), reason=silent)
    await archive.write(days.add_outcomes, DAY, "collect", [outcome("x", Status.OK, NOW), bad])
    await archive.write(rules.save, factories.rule(zone="UTC"))
    told = msgspec.json.decode(msgspec.json.encode(document(await asked(archive))))
    assert told["sources"][2]["lag_seconds"] == 0
    assert told["sources"][2]["succeeded_at"] == "2021-03-31T06:00:00Z"
    assert told["next_slots"][0]["channel"] == "2"
    by_name = {source["source"]: source for source in told["sources"]}
    assert (by_name["x"]["reason"], by_name["x"]["code"]) == ("", None)
    failed = by_name["hackernews"]
    assert (failed["reason"], failed["code"]) == (
        "a.example did not answer in time",
        "host_timed_out",
    )


@pytest.mark.rehearsal
def test_the_command_line_tells_it_and_needs_an_archive(tmp_path: Path) -> None:
    without = program.run("status", "--json", cwd=tmp_path)
    assert (without.returncode, without.stdout) == (1, "")
    assert "There is no archive at" in without.stderr
    program.run("demo", cwd=tmp_path)
    told = program.answer("--config", "hotpapers-demo/config.toml", "status", cwd=tmp_path)
    assert told["days"]["newest_closed"] == "2021-03-30"
    assert told["deliveries"] == {"sent": 2}
    shown = program.run("--config", "hotpapers-demo/config.toml", "status", cwd=tmp_path)
    assert "X: ok for 2021-03-30" in shown.stdout
