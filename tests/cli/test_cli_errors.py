"""What an operator with bad luck is told: one plain sentence with its mend, and an exit code."""

import shlex
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.root import main
from tests import processes
from tests.e2e import program

TOKEN = "MTIzNDU2.invented.token-of-nobody"


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
    assert f"'{named} daily' makes one from arXiv, 'hotpapers demo' one" in err


def test_advice_names_no_file_when_none_was_named(terminal: Terminal) -> None:
    assert "'hotpapers daily' makes one" in terminal.type("status")[2]


def test_a_configuration_that_is_not_there_can_be_made(terminal: Terminal) -> None:
    code, out, err = terminal.type("--config", "gone.toml", "run")
    assert (code, out) == (2, "")
    assert err.endswith("directory); `hotpapers --config gone.toml init` writes one\n")


def test_an_empty_file_is_no_archive(terminal: Terminal) -> None:
    terminal.file("hotpapers.db", "")
    code, out, err = terminal.type("hot", "--json")
    assert (code, out) == (1, "")
    assert "hotpapers.db is an empty file. 'hotpapers restore FILE' puts a backup" in err
    assert terminal.folder.joinpath("hotpapers.db").read_bytes() == b""


@pytest.mark.parametrize("command", ["hot", "search x", "status", "archive check", "backup b.zip"])
def test_a_file_that_is_no_archive_is_named_with_what_to_do(
    terminal: Terminal, command: str
) -> None:
    file = terminal.file("hotpapers.db", "no database at all" * 500)
    code, _, err = terminal.type(*command.split())
    assert code == 1
    assert str(file) in err
    assert "'hotpapers restore FILE' puts a backup in its place" in err
    assert file.read_text() == "no database at all" * 500


def test_a_backup_of_what_is_no_archive_names_that(terminal: Terminal) -> None:
    with closing(sqlite3.connect(terminal.folder / "hotpapers.db")) as other:
        other.execute("CREATE TABLE photos (name)")
    code, _, err = terminal.type("backup", "b.zip")
    assert (code, err) == (
        1,
        f"{terminal.folder / 'hotpapers.db'} is not an archive of hotpapers.\n",
    )


def test_a_variable_that_is_misspelt_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTPAPERS_DISCORD_TOKN", TOKEN)
    code, _, err = terminal.type("run")
    assert code == 2
    assert "HOTPAPERS_DISCORD_TOKN: unknown; did you mean HOTPAPERS_DISCORD_TOKEN?" in err
    assert TOKEN not in err


def test_variables_of_other_purposes_disturb_nobody(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOTPAPERS_ARCHIVE", "HOTPAPERS_REPLICA", "HOTPAPERS_BENCH_YEARS"):
        monkeypatch.setenv(name, "x")
    assert "did you mean" not in terminal.type("status")[2]


# --- what the shell gives the program -----------------------------------------------------------


def shell(line: str, *words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The program as ``"$@"`` in a line of the shell."""
    environ = program.environment(PYTHONPATH=str(Path(__file__).parents[2]), **more)
    return processes.run(["sh", "-c", line, "sh", *program.command(*words)], cwd=cwd, env=environ)


@pytest.mark.rehearsal
class TestTheShell:
    def test_an_output_without_room_is_no_crash(self, tmp_path: Path) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("this machine has no device that is always full")
        done = shell('exec "$@" > /dev/full', "--help", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr == "The output cannot be written: No space left on device.\n"

    def test_a_reader_that_has_enough_is_no_crash(self, tmp_path: Path) -> None:
        done = shell('"$@" | head -n 1', "--help", cwd=tmp_path)
        assert done.stderr == ""

    def test_nobody_at_the_keyboard(self, tmp_path: Path) -> None:
        done = shell('exec "$@" <&-', "init", cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("There is no token. Make one in Discord's developer portal")

    def test_letters_that_a_terminal_lacks_are_question_marks(self, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text('[discord]\napi_url = "http://127.0.0.1:9"\n')
        plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = shell('exec "$@"', "doctor", cwd=tmp_path, **plain)
        assert (done.returncode, done.stderr) == (1, "")
        assert "         ? Set `contact` under [bot] in config.toml" in done.stdout

    def test_a_size_that_files_may_not_have(self, tmp_path: Path) -> None:
        done = shell('ulimit -f 100; exec "$@"', "run", cwd=tmp_path, HOTPAPERS_DISCORD_TOKEN=TOKEN)
        assert done.returncode == 1
        assert "hotpapers.db failed: disk I/O error. Look whether its disk is full" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("top", [0, -1, 2**63, 10**20, "1e3", "nan"])
def test_a_number_that_cannot_be_is_wrong_usage(terminal: Terminal, top: object) -> None:
    code, _, err = terminal.type("hot", "--top", top)
    assert code == 2
    assert "Invalid value for '--top'" in err


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00Z", "9999-12-31T23:59-12:00", "99999-01-01T00:00Z", "2021-03-30", "x"]
)
def test_a_clock_that_leaves_the_calendar_is_refused(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setenv("HOTPAPERS_CLOCK", at)
    code, _, err = terminal.type("daily", "--dry-run")
    assert code == 2
    assert f"HOTPAPERS_CLOCK: {at!r} is not an ISO 8601 time with a zone, of the years" in err
