"""What an operator with bad luck is told: one plain sentence with its mend, and an exit code."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.root import main


@dataclass(frozen=True)
class Terminal:
    """`hotpapers` in this process, in an empty folder."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def type(self, *words: object) -> tuple[int, str, str]:
        """The exit code, standard output and standard error."""
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = self.capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    monkeypatch.chdir(tmp_path)
    for name in ("HOTPAPERS_DISCORD_TOKEN", "HOTPAPERS_CLOCK"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(tmp_path, capsys)


@pytest.mark.parametrize("name", ["other.toml", "with a blank.toml"])
def test_advice_names_the_file_that_the_program_was_started_with(
    terminal: Terminal, name: str
) -> None:
    file = terminal.file(name, "")
    named = f"hotpapers --config {shlex.quote(name)}"
    assert terminal.type("--config", file.name, "run") == (
        2,
        "",
        "The configuration cannot be used:\n  HOTPAPERS_DISCORD_TOKEN: not set. "
        f"`{named} init` asks for the bot's token and keeps it; "
        "docs/config.md names other ways to give it.\n",
    )
    code, _, err = terminal.type("--config", file.name, "status")
    assert code == 1
    assert f"'{named} daily' makes one" in err


def test_advice_names_no_file_when_none_was_named(terminal: Terminal) -> None:
    assert "'hotpapers daily' makes one" in terminal.type("status")[2]
