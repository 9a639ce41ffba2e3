"""The installed program, run as a person runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Nothing of the developer's own environment reaches the program.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    """``COLUMNS`` is narrow on purpose: lines must not depend on it."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"COLUMNS": "80", "PYTHONWARNINGS": "error::ResourceWarning"} | more


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "bot", *map(str, arguments)]


def start(
    *arguments: object, cwd: Path, stdin: int = subprocess.DEVNULL, **more: str
) -> subprocess.Popen[str]:
    """The running program; the caller ends it."""
    return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        command(*arguments),
        cwd=cwd,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2]), **more),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    *arguments: object, cwd: Path, typed: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """The program from start to end; ``typed`` is all of its standard input."""
    with start(*arguments, cwd=cwd, stdin=subprocess.PIPE, **more) as process:
        try:
            out, err = process.communicate(typed, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def tool(name: str) -> str:
    """Where a program of the development dependencies is. Skips where its wheel has none."""
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(name, path=here)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def answer(*arguments: object, cwd: Path) -> Any:  # noqa: ANN401 - a JSON document
    """The one JSON document on standard output of a command that succeeds."""
    done = run(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
