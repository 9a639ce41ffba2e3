"""Backups and restores by their commands, and why one failed."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import backup as commands
from bot.cli import import_export
from bot.cli.context import Context
from bot.messages.problems import words_of
from tests.blog_posts import blog_post

DAY = date(2020, 9, 17)
TEXT = blog_post(DAY, [("2009.07118", "An Invented Study", 300, 120)])
COMMANDS = {c.name: c for c in (*commands.COMMANDS, *import_export.COMMANDS)}


def run(config: Path, name: str, *args: object) -> Result:
    command = COMMANDS[name]
    assert command is not None
    return CliRunner().invoke(command, [str(a) for a in args], obj=Context(config))


def why(result: Result) -> str:
    """Why a command failed, in words."""
    assert isinstance(result.exception, Exception)
    return words_of(result.exception)


def restored(file: Path, *options: str) -> Result:
    """By whoever has no configuration."""
    return CliRunner().invoke(commands.restore, [str(file), *options], obj=Context(None))


def new_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "new"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
