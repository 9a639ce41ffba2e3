"""``hotpapers backfill`` as a process: killed three times, it ends with every record once.

HOTPAPERS_BACKFILL_RECORDS=200000 makes it a long one.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.e2e import program
from tests.services.arxiv_world import Endless
from tests.services.arxivd import ArxivD
from tests.services.base import answers, in_thread, truncated
from tests.settings import arxiv_at

pytestmark = pytest.mark.rehearsal

RECORDS = int(os.environ.get("HOTPAPERS_BACKFILL_RECORDS", "4000"))
FIRST, LAST = date(2020, 1, 1), date(2020, 12, 30)


@pytest.fixture
def arxiv() -> Iterator[ArxivD]:
    """As many records as are asked for, from the first listing days of 2020 on."""
    service = ArxivD()
    service.records = Endless(RECORDS, first=FIRST, per_day=max(RECORDS // 200, 1))
    with in_thread(service):
        yield service


@pytest.fixture
def folder(arxiv: ArxivD, tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(
        f"""
        [archive]
        path = "archive.db"
        {arxiv_at(arxiv.url, "cs.LG")}
        [http]
        backoff_seconds = 0.01
        """,
        "utf-8",
    )
    return tmp_path


def stored(folder: Path) -> int:
    """Papers so far; an archive that is only just being made has none."""
    try:
        uri = f"file:{folder / 'archive.db'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM papers").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_killed_three_times_it_ends_with_every_record_once(arxiv: ArxivD, folder: Path) -> None:
    arxiv.fail("/oai", answers(503, retry_after="0"), truncated().after(3))
    for kill in range(1, 4):
        with program.start("backfill", FIRST, LAST, cwd=folder) as process:
            while stored(folder) < RECORDS * kill // 4 and process.poll() is None:
                time.sleep(0.01)
            process.kill()
            process.communicate()
        assert process.returncode == -9
    before = stored(folder)
    assert before < RECORDS
    with program.start("backfill", FIRST, LAST, cwd=folder) as process:
        out, err = process.communicate(timeout=60 + RECORDS / 200)
    assert process.returncode == 0, err
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        assert stored(folder) == RECORDS
        assert db.execute("SELECT count(*) FROM listings").fetchone() == (RECORDS,)
        assert db.execute("SELECT count(DISTINCT arxiv_id) FROM listings").fetchone() == (RECORDS,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert f"{RECORDS:,} papers new in the archive" in " ".join(out.split())


def test_a_refusal_says_that_the_same_command_goes_on(arxiv: ArxivD, folder: Path) -> None:
    arxiv.fail("/oai", answers(403, "Access Denied").after(1).times(None))
    done = program.run("backfill", FIRST, LAST, cwd=folder)
    assert done.returncode == 1
    assert "403" in done.stderr
    assert "The same command goes on from there." in done.stderr
    arxiv.heal()
    assert program.run("backfill", FIRST, LAST, cwd=folder).returncode == 0
    assert stored(folder) == RECORDS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2020-02-01", "2020-01-01"), "give the earlier date first"),
        (("2020-01-04", "2020-01-05"), "no listing"),
        (("2020-01-01", "2020-01-31", "--snapshot", "config.toml"), "is not arXiv's snapshot"),
    ],
)
def test_wrong_usage_is_said_and_nothing_is_asked(
    arxiv: ArxivD, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = program.run("backfill", *arguments, cwd=folder)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not arxiv.requests
