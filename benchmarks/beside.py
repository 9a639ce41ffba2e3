"""Programs that run beside a measurement: a loopback Discord, our bot, the bare one."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.processes import begin

SECONDS = 180
FETCHED_WITHIN = 60.0  # seconds
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

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Raises Refused, whose ``body`` says why (409)."""
        data = None if body is None else json.dumps(body).encode()
        told: dict[str, Any] = json.loads(fetch(self.control_url + path, method=method, body=data))
        return told

    def listed(self, path: str) -> list[dict[str, Any]]:
        """What the control API answers as a list. Raises Refused."""
        told: list[dict[str, Any]] = json.loads(fetch(self.control_url + path))
        return told

    @property
    def is_ready(self) -> bool:
        state = self.ask("GET", "/state")
        return bool(state["ready"] and state["commands"])


class Refused(Exception):
    """An answer that is none of the 200s, and its ``body``."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body.decode(errors='replace')}")
        self.body = body.decode(errors="replace")


def fetch(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes | None = None,
) -> bytes:
    """The body that a loopback server answers with. Raises Refused and OSError."""
    parts = urlsplit(url)
    with closing(HTTPConnection(parts.netloc, timeout=FETCHED_WITHIN)) as connection:
        connection.request(method, url.partition(parts.netloc)[2], body, headers or {})
        answer = connection.getresponse()
        found = answer.read()
    if not 200 <= answer.status < 300:
        raise Refused(answer.status, found)
    return found


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
    process = begin(command, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
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
