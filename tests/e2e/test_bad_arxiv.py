"""``hotpapers harvest`` against an arXiv that misbehaves in every way that was seen of it.

However bad it is, the command ends, says what happened, loses nothing that is stored; and the next
run completes the day without a paper twice.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from tests.e2e import program
from tests.services.arxiv_world import World, invent
from tests.services.arxivd import ArxivD
from tests.services.base import (
    Fault,
    answers,
    html,
    in_thread,
    not_acceptable,
    rate_exceeded,
    truncated,
)
from tests.settings import arxiv_at

pytestmark = pytest.mark.rehearsal

TUESDAY, DAY = date(2026, 11, 17), date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
SECONDS = 60  # a busy machine; about two of its own


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def arxiv(clock: ManualClock) -> Iterator[ArxivD]:
    service = ArxivD(World([*invent(40, DAY), *invent(6, TUESDAY)]), clock)
    with in_thread(service):
        yield service


@pytest.fixture
def folder(arxiv: ArxivD, tmp_path: Path) -> Path:
    networks = ("x", "bluesky", "mastodon", "hackernews", "huggingface")
    off = "".join(f"[sources.{name}]\nenabled = false\n" for name in networks)
    (tmp_path / "config.toml").write_text(
        f"""
        [archive]
        path = "archive.db"
        {arxiv_at(arxiv.url, "cs.AI", "cs.CL")}
        [http]
        backoff_seconds = 0.01
        timeout_seconds = 2
        {off}
        """,
        "utf-8",
    )
    return tmp_path


def everywhere(fault: Fault) -> Callable[[ArxivD], None]:
    def misbehave(arxiv: ArxivD) -> None:
        for path in ("/atom/*", "/list/*", "/catchup/*", "/oai"):
            arxiv.fail(path, fault.times(None))

    return misbehave


def stale_and_undated(arxiv: ArxivD) -> None:
    arxiv.stale["cs.CL"] = TUESDAY
    arxiv.dated = False
    arxiv.fail("/oai", html().times(None))


def listed(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        rows = db.execute("SELECT arxiv_id FROM listings WHERE day = ?", [str(DAY)])
        return sorted(row[0] for row in rows)


def run(folder: Path, clock: ManualClock, *arguments: object) -> tuple[int, str]:
    began = time.monotonic()
    done = program.run(*arguments, cwd=folder, HOTPAPERS_CLOCK=clock.now().isoformat())
    assert time.monotonic() - began < SECONDS
    assert "Traceback" not in done.stderr
    return done.returncode, " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("misbehave", "said", "missing", "code"),
    [
        (stale_and_undated, "still shows Tuesday 17 November 2026", "cs.CL missing", 0),
        (everywhere(answers(429)), "answered 429", "cs.AI, cs.CL missing", 1),
        (everywhere(answers(429, retry_after="1")), "answered 429", "cs.AI missing", 1),
        (everywhere(not_acceptable()), "answered 406", "cs.AI, cs.CL missing", 1),
        (everywhere(rate_exceeded(200)), "asks us to slow down", "cs.AI, cs.CL missing", 1),
        (everywhere(truncated(0.6)), "the feed broke off", "cs.AI in part", 0),
    ],
    ids=["stale", "429", "429-named", "406", "rate-200", "truncated"],
)
def test_what_happened_is_named_and_the_second_run_mends_it(
    arxiv: ArxivD,
    folder: Path,
    clock: ManualClock,
    misbehave: Callable[[ArxivD], None],
    said: str,
    missing: str,
    code: int,
) -> None:
    expected = sorted(p.id for p in arxiv.world.papers if p.listed == DAY)
    misbehave(arxiv)
    assert run(folder, clock, "harvest", "--date", DAY)[0] == code
    first = listed(folder)
    assert set(first) < set(expected)
    told = run(folder, clock, "hot", "--date", DAY)[1]
    assert f"arXiv: {missing}" in told
    assert said in told
    assert "of 0 papers" not in told

    arxiv.heal()
    arxiv.stale.clear()
    arxiv.dated = True
    clock.advance(timedelta(hours=3))
    assert run(folder, clock, "harvest", "--date", DAY)[0] == 0
    assert listed(folder) == expected
    assert "missing" not in run(folder, clock, "hot", "--date", DAY)[1]


def test_a_feed_that_is_still_stale_is_not_sent_again(
    arxiv: ArxivD, folder: Path, clock: ManualClock
) -> None:
    stale_and_undated(arxiv)
    run(folder, clock, "harvest", "--date", DAY)
    told = run(folder, clock, "daily", "--date", DAY)[1]
    assert [seen.status for seen in arxiv.asked("/atom/cs.CL")] == [200, 304]
    assert f"{len(arxiv.requests)} requests to arXiv for this day so far" in told
