"""Every code has words, and every place that makes a problem gives the arguments they need."""

import ast
import inspect
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.messages.problems import WORDS, render
from bot.problems import Code, Problem

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
        if not required <= given <= known:
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
    problem = Problem.from_json("meteor_hit_the_server", '{"size": 3}')
    assert problem.code is Code.LEGACY
    assert "meteor_hit_the_server" in render(problem)
    assert "3" in render(problem)


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
