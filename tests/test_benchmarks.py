"""How `make bench` tells what it measured. The measuring itself is not part of the suite."""

import json
from pathlib import Path

import pytest
from sqlite_utils import Database

from benchmarks import __main__ as bench
from benchmarks import years
from benchmarks.row import Row
from bot.config import Settings
from bot.store import Archive, integrity

FOLDER = Path(bench.__file__).parent


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            Row("start to ready", 1.234, "s", 0.5, 2.0, True),
            "start to ready: 1.23 s (baseline 0.5 s, ratio 2.47), goal met",
        ),
        (
            Row("frames", 123456.7, "frames/s", 61728.35, 200000, False),
            "frames: 123,457 frames/s (baseline 61,728 frames/s, ratio 2.00), goal missed",
        ),
        (
            Row("alone", 3, "MB", 0, 5, True),
            "alone: 3 MB (baseline 0 MB, no ratio), goal met",
        ),
    ],
)
def test_a_row_is_one_line(row: Row, said: str) -> None:
    assert bench.line(row) == said


def test_every_module_that_measures_is_run() -> None:
    assert {"startup", "memory", "mailing_day"} <= set(bench.names())
    assert not {"row", "__main__"} & set(bench.names())
    assert set(bench.names()) <= {path.stem for path in FOLDER.glob("*.py")}


def test_results_can_be_read_by_programs(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    bench.write(out, [Row("a", 1.0, "s", 2.0, 3.0, True)], ["b"])
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["failed"] == ["b"]
    assert told["rows"] == [
        {"name": "a", "figure": 1.0, "unit": "s", "baseline": 2.0, "goal": 3.0, "met": True}
    ]


async def test_the_archive_that_is_measured_is_a_sound_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a few days, in the schema of today."""
    monkeypatch.setattr(years, "PAPERS_A_YEAR", 3_000)
    async with await Archive.open(tmp_path / "a.db") as archive:
        made = await archive.write(_build)
        checked = await archive.read(integrity.check)
    assert len(made.days) > 3
    assert [it.problems for it in checked if it.problems] == []


def _build(db: Database) -> years.Made:
    return years.build(db, 0.02, Settings())
