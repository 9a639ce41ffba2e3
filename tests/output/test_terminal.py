"""What reaches a terminal or a pipe: strangers' words calm, lines whole."""

import io
import json
import re
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.cli import import_export
from bot.cli.context import print_json
from bot.messages.networks import heard
from bot.models import Announcement, Era, Network, Outcome, Period, Ranking, Status
from bot.output import terminal
from bot.problems import Code, Problem
from bot.queries import PaperView
from bot.ranking.scoring import rank, why
from tests import factories
from tests.factories import legacy

RATES = dict.fromkeys(Network, 1.0)
# Clears the screen, rings, writes over the line, turns it around, and looks like an emoji's name.
NASTY = "A \x1b[2J\x07title\x9b31m\r\u202eover :fire: [red]it[/red]"

DAY_WITHOUT_PAPERS = Ranking(
    start=factories.DAY,
    end=factories.DAY,
    period=Period.DAY,
    era=Era.HOTPAPERS,
    papers=(),
    listed=12,
    above_bar=0,
    bar=50.0,
    outcomes=(),
)


def view() -> PaperView:
    paper = factories.paper(title=NASTY, authors=(NASTY,), abstract=f"{'word ' * 60}{NASTY}")
    posts = [factories.post(author=NASTY)]
    return PaperView(
        listed=((factories.DAY, Announcement.NEW),),
        ranked=rank([paper], posts, RATES)[0],
        why=why(posts, RATES),
    )


def test_nothing_of_a_strangers_words_commands_a_terminal() -> None:
    file = io.StringIO()
    out = terminal.CalmConsole(file=file, force_terminal=True, width=60, highlight=False)
    terminal.show_paper(view(), out)
    terminal.show_why(view(), out)
    ours = re.compile(r"\x1b\[[0-9;]*m")
    assert ours.search(file.getvalue())
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ours.sub("", file.getvalue())
    )


def test_of_a_day_that_is_not_counted_yet_no_number_is_above_the_bar() -> None:
    file = io.StringIO()
    terminal.show_ranking(DAY_WITHOUT_PAPERS, terminal.CalmConsole(file=file, width=200))
    assert "12 papers listed, none counted yet." in file.getvalue()
    assert "0 of" not in file.getvalue()


def test_plain_lines_are_as_calm(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say(NASTY)
    terminal.say(NASTY, err=True)
    said = capsys.readouterr()
    assert said.out == said.err == "A [2Jtitle31m\nover :fire: [red]it[/red]\n"


def test_json_says_the_same_in_letters_that_command_nothing(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    print_json({"title": f"{NASTY} ü"})
    said = capsysbinary.readouterr().out.decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", said)
    assert json.loads(said) == {"title": f"{NASTY} ü"}
    assert "ü" in said


def test_a_day_that_is_shown_on_a_terminal_is_calm_and_whole_in_a_pipe(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    give = partial(import_export._give, NASTY, None, import_export._Made({}, [factories.DAY]))
    give()
    assert capsysbinary.readouterr().out == NASTY.encode()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    give()
    assert capsysbinary.readouterr().out.decode() == "A [2Jtitle31m\nover :fire: [red]it[/red]"


def test_the_best_paper_can_stand_last() -> None:
    papers = tuple(replace(view().ranked, rank=rank) for rank in (1, 2, 3))
    day = replace(DAY_WITHOUT_PAPERS, papers=papers)
    file = io.StringIO()
    terminal.show_ranking(day, terminal.CalmConsole(file=file, width=80), best_last=True)
    assert re.findall(r"^ *(\d)\. ", file.getvalue(), re.M) == ["3", "2", "1"]


def test_a_pipe_gets_lines_whole_and_without_spaces_at_their_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.show_paper(view())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("A [2Jtitle31m")
    assert lines[1].strip().startswith("over :fire: [red]it[/red]  10 retweets")
    assert [line for line in lines if len(line) > 200 and line.startswith("     word word")]
    assert not [
        line for line in lines if line != line.rstrip() and not line.startswith("     word")
    ]


def test_a_reason_is_told_without_addresses() -> None:
    address = "https://hn.example/search?query=arxiv.org&page=0"
    late = Problem(Code.HOST_TIMED_OUT, host="hn.example", address=address)
    failed = replace(outcome(Network.HACKERNEWS, Status.FAILED), reason=late)
    assert heard([failed]) == "Hacker News failed (hn.example did not answer in time)"


def test_what_to_type_is_where_the_program_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "hotpapers"
    installed.touch(mode=0o755)
    monkeypatch.setattr("sys.argv", [str(installed), "init"])
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    assert terminal.program() == str(installed)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert terminal.program() == "hotpapers"


def test_a_narrow_terminal_gets_lines_that_end_between_words() -> None:
    file = io.StringIO()
    out = terminal.CalmConsole(file=file, force_terminal=True, width=40, highlight=False)
    address = f"https://example.org/{'a' * 40}"
    terminal.hung(
        "[bold]ok[/]   ", f"Pervasive label errors [red]in test sets[/] at {address} now", out
    )
    assert re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()).splitlines() == [
        "ok   Pervasive label errors in test sets",
        "     at",
        f"     {address}",
        "     now",
    ]


def outcome(source: str, status: Status, items: int = 0, reason: str = "") -> Outcome:
    requests = 0 if status is Status.OFF else 1
    return Outcome(
        source=source,
        status=status,
        at=factories.NOW,
        reason=legacy(reason),
        items=items,
        requests=requests,
    )


def test_a_harvest_names_only_the_categories_that_are_not_fine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def late(name: str) -> Problem:
        return Problem(Code.HOST_TIMED_OUT, host="a.example", address=f"https://a.example/{name}")

    came = [
        outcome("cs.AI", Status.OK, 1),
        replace(outcome("cs.CL", Status.FAILED), reason=late("cs.CL")),
        outcome("cs.CV", Status.OK, 2),
        outcome("cs.AR", Status.EMPTY, 0, "nothing was announced"),
        outcome("cs.CC", Status.EMPTY, 0, "nothing was announced"),
        replace(outcome("cs.LG", Status.FAILED), reason=late("cs.LG")),
        outcome("stat.ML", Status.INCOMPLETE, 1, "cut off"),
    ]
    terminal.show_outcomes("Harvest", came)
    assert capsys.readouterr().out.splitlines() == [
        "Harvest",
        "  ok         2 categories: 3 items, 2 requests",
        "  failed     cs.CL, cs.LG: 0 items, 2 requests (a.example did not answer in time)",
        "  empty      2 categories: 0 items, 2 requests (nothing was announced)",
        "  incomplete stat.ML: 1 item, 1 request (cut off)",
    ]


def test_networks_are_named_and_those_that_are_off_were_asked_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    came = [
        outcome(Network.X, Status.OFF, reason="no token"),
        outcome(Network.HACKERNEWS, Status.OK, 3),
        outcome(Network.MASTODON, Status.OK, 4),
    ]
    terminal.show_outcomes("Posts", came)
    assert capsys.readouterr().out.splitlines() == [
        "Posts",
        "  off        X (no token)",
        "  ok         Hacker News, Mastodon: 7 items, 2 requests",
    ]
