"""Programs that run beside a measurement: a loopback Discord, our bot, the bare one."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 180
_CONFIG = """\
[archive]
path = "archive.db"
[arxiv]
feed_url = "{silent}"
listing_url = "{silent}"
oai_url = "{silent}"
api_url = "{silent}"
[sources.x]
enabled = false
[sources.bluesky]
enabled = false
[sources.mastodon]
enabled = false
[sources.hackernews]
enabled = false
[sources.huggingface]
enabled = false
[discord]
api_url = "{api_url}"
[watch]
port = 0
"""
# A loopback port on which nobody listens: arXiv refuses at once and costs nothing.
_SILENT = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Discord:
    """A server of its own process, and its control API."""

    api_url: str
    control_url: str
    token: str

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Raises URLError, also for a refusal (409)."""
        request = urllib.request.Request(  # noqa: S310 - our own loopback server
            self.control_url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return json.load(answer)

    @property
    def is_ready(self) -> bool:
        state = self.ask("GET", "/state")
        return bool(state["ready"] and state["commands"])


@contextmanager
def discord(*options: str, members: bool = False) -> Iterator[Discord]:
    """With one guild, one channel and one member when ``members`` is set."""
    with tempfile.TemporaryDirectory() as folder:
        if members:
            plan = Path(folder) / "world.json"
            guild = {"name": "one", "channels": [{"name": "papers"}], "members": [{"name": "ada"}]}
            plan.write_text(json.dumps({"guilds": [guild]}), encoding="utf-8")
            options = ("--world", str(plan), *options)
        with running([sys.executable, "-m", "tests.discordd", *options]) as process:
            told = json.loads(process.stdout.readline() if process.stdout else "{}")
            yield Discord(**told)


@contextmanager
def our_bot(server: Discord) -> Iterator[int]:
    """``hotpapers run`` in an empty folder; gives its process id."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        text = _CONFIG.format(api_url=server.api_url, silent=_SILENT)
        config.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "bot", "--config", str(config), "run"]
        with running(command, HOTPAPERS_DISCORD_TOKEN=server.token) as process:
            yield process.pid


@contextmanager
def bare_bot(server: Discord) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.bare_bot", server.api_url, server.token]
    with running(command) as process:
        yield process.pid


@contextmanager
def running(command: Sequence[str], **variables: str) -> Iterator["subprocess.Popen[str]"]:
    """The program while the block runs; its standard output can be read."""
    process = subprocess.Popen(  # noqa: S603 - our own programs
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **variables},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=20)
        process.kill()
        process.communicate()


def until(is_so: Callable[[], bool], *, every: float = 0.01) -> float:
    """When it first was so, on the monotonic clock. Raises TimeoutError."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if is_so():
            return time.monotonic()
        time.sleep(every)
    raise TimeoutError


def resident_mb(pid: int) -> float:
    """What the process holds in memory, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0
