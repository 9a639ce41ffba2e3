"""The commands that take the old blog in and give it out, on an archive of the test's own."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import Result

from bot.cli import import_export, search
from bot.cli import papers as reading_commands
from tests.shared_data import SHARED

SEED = SHARED / "seed"
BEFORE, AFTER = date(2020, 9, 16), date(2020, 9, 17)
ROWS = [
    ("2009.07118", "It's  Not Just Size That $x$ Matters", 300, 120),
    ("2009.00001", "An Invented Study", 40, 60),
    ("hep-th/9901001", "An Old One", 30, 40),
]
COMMANDS = {
    command.name: command
    for command in (*import_export.COMMANDS, *reading_commands.COMMANDS, *search.COMMANDS)
}

Run = Callable[..., Result]


def put(folder: Path, day: date, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{day}---Hot-Papers.md"
    path.write_bytes(text.encode())
    return path


def hot(run: Run, day: date, *args: str) -> dict[str, object]:
    result = run("hot", "--date", day, "--json", *args)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def titles(found: dict[str, object]) -> list[str]:
    entries = found["papers"]
    assert isinstance(entries, list)
    return [entry["title"] for entry in entries]


def papers_of(found: dict[str, object]) -> list[dict[str, Any]]:
    entries = found["papers"]
    assert isinstance(entries, list)
    return entries
