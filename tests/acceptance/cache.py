"""The folder for what is fetched, outside the project and kept; and programs that fetch."""

import os
import subprocess
from pathlib import Path

from tests.acceptance.steps import Unavailable
from tests.processes import run

_SECONDS = 600


def folder() -> Path:
    """``ACCEPTANCE_CACHE``, or one in the user's cache folder."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("ACCEPTANCE_CACHE") or base / "hotpapers-acceptance").resolve()


def do(*words: object) -> str:
    """What a program printed. Raises Unavailable with what it said last where it fails."""
    name = " ".join(map(str, words[:2]))
    try:
        done = run(words, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"}, seconds=_SECONDS)
    except FileNotFoundError as error:
        raise Unavailable(f"{words[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{name} took more than {_SECONDS} s") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise Unavailable(f"{name} failed: {last}")
    return done.stdout
