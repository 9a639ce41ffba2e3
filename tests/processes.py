"""Programs that tests and benchmarks start: ours, and the tools that check what is shipped."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SECONDS = 60


def begin(
    words: Sequence[object],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stderr: int | None = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """The running program, its output in pipes; the caller ends it.

    Folder and environment are the caller's own unless given. With None for ``stderr`` the
    program shares the caller's.
    """
    return subprocess.Popen(  # noqa: S603 - every word is written by a test, none comes from outside
        [str(word) for word in words],
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def end(
    process: subprocess.Popen[str], typed: str = "", *, seconds: float = SECONDS
) -> subprocess.CompletedProcess[str]:
    """Waits for its own end; ``typed`` is all of its standard input.

    Raises TimeoutExpired, and kills it then.
    """
    with process:
        try:
            out, err = process.communicate(typed, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run(
    words: Sequence[object],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stderr: int | None = subprocess.PIPE,
    seconds: float = SECONDS,
) -> subprocess.CompletedProcess[str]:
    """From start to end, with nothing on standard input."""
    return end(begin(words, cwd=cwd, env=env, stderr=stderr), seconds=seconds)
