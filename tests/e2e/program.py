"""The installed program, run as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# Nothing of the developer's own environment reaches the program.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    """``COLUMNS`` is narrow on purpose: lines must not depend on it."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"COLUMNS": "80", "PYTHONWARNINGS": "error::ResourceWarning"} | more


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "bot", *map(str, arguments)]


def start(*arguments: object, cwd: Path, **more: str) -> subprocess.Popen[str]:
    """The running program; the caller ends it."""
    return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        command(*arguments),
        cwd=cwd,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2]), **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The program from start to end."""
    with start(*arguments, cwd=cwd, **more) as process:
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def answer(*arguments: object, cwd: Path) -> Any:  # noqa: ANN401 - a JSON document
    """The one JSON document on standard output of a command that succeeds."""
    done = run(*arguments, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
