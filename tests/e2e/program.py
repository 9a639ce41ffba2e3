"""The installed program, run as a person runs it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import processes

# Nothing of the developer's own environment reaches the program.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")


def environment(**more: str) -> dict[str, str]:
    """``COLUMNS`` is narrow on purpose: lines must not depend on it."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"COLUMNS": "80", "PYTHONWARNINGS": "error::ResourceWarning"} | more


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "bot", *map(str, arguments)]


def start(
    *arguments: object,
    cwd: Path,
    stdin: int = subprocess.DEVNULL,
    stderr: int = subprocess.PIPE,
    **more: str,
) -> subprocess.Popen[str]:
    """The running program; the caller ends it."""
    env = environment(PYTHONPATH=str(Path(__file__).parents[2]), **more)
    return processes.begin(command(*arguments), cwd=cwd, env=env, stdin=stdin, stderr=stderr)


def run(
    *arguments: object, cwd: Path, typed: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """The program from start to end; ``typed`` is all of its standard input."""
    pipe = subprocess.PIPE
    process = start(*arguments, cwd=cwd, stdin=pipe, stderr=pipe, **more)
    return processes.end(process, typed)


def own_mounts() -> list[str]:
    """The beginning of a command in whose mounts others are seen by it alone. Skips where that is
    not allowed."""
    words = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if processes.run([*words, "true"]).returncode != 0:
        pytest.skip("this machine lets nobody mount anything")
    return words


def tool(name: str) -> str:
    """Where a program of the development dependencies is. Skips where its wheel has none."""
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which(name, path=here)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def answer(*arguments: object, cwd: Path) -> dict[str, Any]:
    """The one JSON object on standard output of a command that succeeds."""
    done = run(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
