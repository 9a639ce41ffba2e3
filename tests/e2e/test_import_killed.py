"""An import that is killed, or done by several at once, loses nothing and leaves nothing half."""

import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.blog_posts import blog_post
from tests.e2e import program

pytestmark = pytest.mark.rehearsal

DAYS = [date(2020, 7, 1) + timedelta(n) for n in range(150)]
ROWS = 12
PATIENCE = 60.0  # seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A blog of many days, and a configuration."""
    (tmp_path / "config.toml").write_text('[archive]\npath = "a.db"\n')
    (tmp_path / "blog").mkdir()
    for day in DAYS:
        rows = [
            (f"{day:%y%m}.{day.day * 100 + n:05}", f"Study {n}", 900 - n, 40) for n in range(ROWS)
        ]
        (tmp_path / "blog" / f"{day}---Hot-Papers.md").write_text(blog_post(day, rows))
    return tmp_path


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return program.start(*arguments, cwd=folder, stderr=subprocess.STDOUT)


def said(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out
    return out


def imported(folder: Path) -> int:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(folder / "a.db")) as db:
        return int(db.execute("SELECT count(*) FROM blog_days").fetchone()[0])
    return 0


def comes_out_as_it_went_in(folder: Path) -> bool:
    span = ("--from", str(DAYS[0]), "--to", str(DAYS[-1]))
    said(begin(folder, "export", *span, "--format", "markdown", "-o", "out"))
    return all(
        (folder / "out" / path.name).read_bytes() == path.read_bytes()
        for path in (folder / "blog").iterdir()
    )


@pytest.mark.parametrize("at", [1, 40, 120])
def test_a_killed_import_is_whole_to_where_it_came_and_goes_on(folder: Path, at: int) -> None:
    process = begin(folder, "import", "blog")
    until = time.monotonic() + PATIENCE
    while imported(folder) < at and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    left = imported(folder)
    assert at <= left < len(DAYS)
    assert "Nothing is wrong" in said(begin(folder, "archive", "check"))
    again = said(begin(folder, "import", "blog"))
    assert again.endswith(f"papers; {left} there already.\n")
    assert comes_out_as_it_went_in(folder)


def test_several_imports_at_once_take_turns(folder: Path) -> None:
    for process in [begin(folder, "import", "blog") for _ in range(3)]:
        assert "imported" in said(process)
    assert imported(folder) == len(DAYS)
    assert "Nothing is wrong" in said(begin(folder, "archive", "check"))
    assert comes_out_as_it_went_in(folder)
