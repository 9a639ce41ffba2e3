"""Every code has words, and every place that makes a problem gives the arguments they need."""

import ast
import importlib
import inspect
import pickle
import pkgutil
import string
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import Malformed, Refused, SourceError, Throttled, Unreachable
from bot.messages.problems import WORDS, render
from bot.problems import FOR_THE_LOG, Code, Problem
from bot.problems import several as one_of_several

ROOT = Path(__file__).parents[2]


def arguments_of(code: Code) -> tuple[set[str], set[str]]:
    """(required, all) names of the arguments that a code's words take."""
    words = WORDS[code]
    if isinstance(words, str):
        names = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        return names, names
    parameters = inspect.signature(words).parameters.values()
    required = {p.name for p in parameters if p.default is inspect.Parameter.empty}
    return required, {p.name for p in parameters}


def made_problems() -> list[tuple[str, Code, set[str]]]:
    """Every ``Problem(Code.X, name=...)`` in the product: where, its code, its arguments' names."""
    calls = []
    for path in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first = node.args[0]
            if (
                isinstance(first, ast.Attribute)
                and isinstance(first.value, ast.Name)
                and first.value.id == "Code"
                and all(keyword.arg for keyword in node.keywords)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Problem"
            ):
                where = f"{path.relative_to(ROOT)}:{node.lineno}"
                calls.append((where, Code[first.attr], {k.arg or "" for k in node.keywords}))
    return calls


def test_every_code_has_words() -> None:
    assert set(WORDS) == set(Code)


def test_every_problem_gives_what_its_words_take() -> None:
    wrong = []
    for where, code, given in made_problems():
        required, known = arguments_of(code)
        if not required <= given - FOR_THE_LOG <= known or known & FOR_THE_LOG:
            wrong.append(f"{where} {code}: gives {sorted(given)}, words take {sorted(known)}")
    assert wrong == []


def test_a_stored_problem_is_the_same_again() -> None:
    inner = Problem(Code.LEGACY, text="x")
    problem = Problem(
        Code.LEGACY,
        text=inner,
        day=date(2026, 11, 30),
        at=datetime(2026, 11, 30, 8, tzinfo=UTC),
        names=["a", "b"],
        score=1.5,
        none=None,
    )
    assert Problem.from_json(problem.code, problem.to_json()) == problem
    assert problem.arguments["day"] == "2026-11-30"
    assert problem.arguments["text"] == inner


def test_a_code_of_a_later_version_keeps_what_it_says() -> None:
    problem = Problem.from_json("meteor_hit_the_server", '{"size": 3, "address": "https://x.org"}')
    assert problem.code is Code.LEGACY
    assert render(problem) == "meteor_hit_the_server size=3"
    assert "https://x.org" in str(problem)


def test_a_stored_problem_with_other_arguments_is_still_told() -> None:
    assert render(Problem(Code.MISSING_PERMISSIONS, lacking="Speak")) == (
        "missing_permissions lacking=Speak"
    )
    assert "moon" in render(Problem.from_json("listings_not_complete", '{"days": ["moon"]}'))


def test_a_problem_in_a_problem_is_said_in_its_words() -> None:
    inner = Problem(Code.LEGACY, text="the inner one")
    assert render(Problem(Code.LEGACY, text=inner)) == "the inner one"


def test_arguments_that_json_cannot_hold_are_refused() -> None:
    with pytest.raises(TypeError):
        Problem(Code.LEGACY, text={1: 2})


SECRET = "sk-invented-key"


def several() -> Problem:
    """As an outcome of a bad day has them, with what only the log may tell."""
    late = Problem(Code.HOST_TIMED_OUT, host="x.org", address=f"https://x.org/a?token={SECRET}")
    unreadable = Problem(Code.ANSWER_UNREADABLE, service="Bluesky", technical="at `$.created_at`")
    return Problem(Code.SEVERAL, problems=[late, unreadable], more=2)


def test_words_are_without_addresses_and_technical_terms_and_the_log_has_them() -> None:
    assert render(several()) == (
        "x.org did not answer in time; Bluesky sent an answer that could not be read; and 2 more"
    )
    assert "https://x.org/a" in str(several())
    assert "$.created_at" in str(several())


def test_problems_that_read_alike_are_shown_alike() -> None:
    first, second = (
        Problem(Code.HOST_ANSWERED, host="x.org", status=503, address=f"https://x.org/{n}")
        for n in range(2)
    )
    assert first != second
    assert first.shown == second.shown
    assert one_of_several([first, second]) == first
    assert one_of_several([]) is None
    assert several().shown == Problem(
        Code.SEVERAL,
        problems=[
            Problem(Code.HOST_TIMED_OUT, host="x.org"),
            Problem(Code.ANSWER_UNREADABLE, service="Bluesky"),
        ],
        more=2,
    )


def test_a_secret_is_starred_however_deep_it_stands() -> None:
    starred = several().starred(lambda text: text.replace(SECRET, "*****"))
    assert SECRET not in str(starred) + starred.to_json()
    assert "token=*****" in str(starred)
    assert render(starred) == render(several())


def test_what_another_version_stored_with_other_arguments_still_reads() -> None:
    stored = Problem.from_json("host_answered", '{"server": "x.org", "address": "https://x.org"}')
    assert render(stored) == "host_answered server=x.org"
    assert render(Problem.from_json("still_shows", '{"days": ["never"]}')) == (
        "still_shows days=('never',)"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        "[]",
        "3",
        "{",
        '{"code": "x"}',
        '{"self": "x"}',
        '{"problem": {"code": "legacy", "arguments": "x"}}',
        "[" * 100_000,
    ],
)
def test_damaged_arguments_are_a_value_error(arguments: str) -> None:
    with pytest.raises(ValueError, match="JSON object"):
        Problem.from_json("host_answered", arguments)


@pytest.mark.parametrize("kind", [Malformed, Refused, Throttled, Unreachable])
def test_an_error_comes_whole_out_of_another_process(kind: type[SourceError]) -> None:
    error = kind(several(), url="https://x.org/a", status=503)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(copy), copy.problem, copy.url, copy.status) == (
        kind, several(), "https://x.org/a", 503,
    )  # fmt: skip
    assert str(copy) == str(several())


@pytest.mark.parametrize("room", ["bot.http", "bot.arxiv", "bot.sources"])
def test_what_finds_problems_knows_no_words(room: str) -> None:
    """With all its modules; ``lint-imports`` holds the same of each import."""
    names = [room, *(it.name for it in pkgutil.walk_packages(
        importlib.import_module(room).__path__, f"{room}."
    ))]  # fmt: skip
    code = f"import sys, {', '.join(names)}; print([m for m in sys.modules if 'messages' in m])"
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
