"""Which of a machine's Pythons the Makefile and CI take."""

import os
import shutil
from pathlib import Path

import pytest

from tests import processes
from tests.e2e import program

CHECKOUT = Path(__file__).resolve().parents[1]


def stand_in(path: Path, version: str) -> None:
    """A program that answers as a Python of that version does when it is asked for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    minor = int(version.partition(".")[2])
    path.write_text(
        f'#!/bin/sh\ncase "$2" in\n*print*) echo {version};;\n*) exit {int(minor < 11)};;\nesac\n'
    )
    path.chmod(0o755)


def leads_nowhere(path: Path) -> None:
    """As pyenv leaves them: a name for a version that is not switched on."""
    path.write_text('#!/bin/sh\necho "pyenv: $0: command not found" >&2\nexit 127\n')
    path.chmod(0o755)


class Machine:
    """A PATH of its own, and an environment that may be there."""

    def __init__(self, folder: Path) -> None:
        self.names = folder / "bin"
        self.names.mkdir()
        self.venv = folder / "venv"

    def make(self, *words: str) -> tuple[int, str]:
        """What ``make test`` would run, or what it says."""
        done = processes.run(
            [program.tool("make"), "--dry-run", "test", f"VENV={self.venv}", *words],
            cwd=CHECKOUT,
            env={"PATH": str(self.names)},
        )
        return done.returncode, done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_python_that_works_and_is_new_enough_is_taken(machine: Machine) -> None:
    stand_in(machine.names / "python3", "3.9")
    leads_nowhere(machine.names / "python3.13")
    stand_in(machine.names / "python3.12", "3.12")
    stand_in(machine.names / "python3.11", "3.11")
    assert f'"python3.12" -m venv --clear {machine.venv}' in machine.make()[1]


def test_without_one_that_is_said_in_one_sentence(machine: Machine) -> None:
    stand_in(machine.names / "python3", "3.9")
    done = processes.run(
        [program.tool("make"), "test", f"VENV={machine.venv}"],
        cwd=CHECKOUT,
        env={"PATH": str(machine.names)},
    )
    said, ended = done.stderr.splitlines()
    assert said == (
        "No Python 3.11 or newer with its venv module among: "
        "python3 python3.14 python3.13 python3.12 python3.11."
    )
    assert ended.startswith("make: ***")
    assert not machine.venv.exists()


@pytest.mark.parametrize(("made_by", "anew"), [("3.10", True), ("3.12", True), ("3.11", False)])
def test_an_environment_of_another_version_is_made_anew(
    machine: Machine, made_by: str, anew: bool
) -> None:
    stand_in(machine.names / "python3", "3.11")
    stand_in(machine.venv / "bin" / "python", made_by)
    assert ("-m venv --clear" in machine.make()[1]) == anew


def test_ci_runs_the_tests_on_every_version_that_is_there(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (tmp_path / ".ci").mkdir()
    shutil.copy(CHECKOUT / ".ci" / "run", tmp_path / ".ci")
    called = tmp_path / "called"
    make = machine.names / "make"
    make.write_text(f'#!/bin/sh\nshift 2\necho "$*" >>{called}\n[ "$1" != rehearse ]\n')
    make.chmod(0o755)
    stand_in(tmp_path / ".venv" / "bin" / "python", "3.11")
    stand_in(machine.names / "python3.14", "3.14")
    leads_nowhere(machine.names / "python3.12")
    pyenv = tmp_path / "pyenv"
    stand_in(pyenv / "versions" / "3.12.1" / "bin" / "python3", "3.12")
    path = os.pathsep.join([str(machine.names), *os.defpath.split(os.pathsep)])
    done = processes.run(
        ["bash", ".ci/run"], cwd=tmp_path, env={"PATH": path, "PYENV_ROOT": str(pyenv)}
    )
    assert called.read_text().splitlines() == [
        ".venv/bin/python",
        "check",
        "rehearse",
        f"test VENV=.venv-3.12 PYTHON={pyenv}/versions/3.12.1/bin/python3",
        "test VENV=.venv-3.14 PYTHON=python3.14",
        "test",
    ]
    told = "Python 3.11 does it all, the tests run on 3.12 3.14 too; not on this machine: 3.13."
    assert done.stdout.splitlines()[0] == told
    assert (done.returncode, done.stderr) == (1, "make rehearse failed; see above.\n")
