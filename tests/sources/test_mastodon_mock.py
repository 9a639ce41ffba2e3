"""The source against somebody else's Mastodon: mastodon_mock from PyPI, two servers of it."""

import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.config import MastodonSection
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network, Post, Status
from bot.sources import Collected, Wanted
from bot.sources.mastodon import Mastodon
from tests.factories import DAY
from tests.polling import until
from tests.processes import begin

# `make rehearse` puts it into an environment of its own.
PYTHON = Path(sys.prefix) / "peers" / "bin" / "python"
pytestmark = [
    pytest.mark.rehearsal,
    pytest.mark.skipif(not PYTHON.exists(), reason="mastodon_mock is not installed"),
]

PAPER, OTHER = "https://arxiv.org/abs/2103.15691", "https://arxiv.org/abs/2103.14653"
SEED = """
[[seed.accounts]]
username = "ada"
access_token = "ada_token"
[[seed.accounts]]
username = "bo"
access_token = "bo_token"
[[seed.accounts]]
username = "feed"
access_token = "feed_token"
bot = true
"""


class Server:
    """One running mock, with three people who post on it."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def ask(self, method: str, path: str, who: str = "ada", **form: object) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {who}_token"}
        async with self._session.request(
            method, f"{self.url}/api/v1/{path}", json=form, headers=headers
        ) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, str] = await answer.json()
            return found

    async def post(self, text: str, who: str = "ada") -> dict[str, str]:
        return await self.ask("POST", "statuses", who, status=f"{text} #arxiv")

    async def fail(self, path: str, **effect: object) -> None:
        await self.ask("POST", "_mock/faults", match={"path": path}, effect=effect)


@contextmanager
def running(folder: Path, name: str) -> Iterator[str]:
    """The address of a mock that this test started."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    config = folder / f"{name}.toml"
    config.write_text(SEED)
    words = [str(PYTHON), "-m", "mastodon_mock", "serve", "--in-memory", "--log-level", "error"]
    where = ["--config", config, "--port", port, "--domain", f"127.0.0.1:{port}"]
    environment = {**os.environ, "HOST": "127.0.0.1"}
    process = begin([*words, *where], cwd=folder, env=environment, stderr=None)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    folder = tmp_path_factory.mktemp("mastodon")
    with ExitStack() as stack:
        yield [stack.enter_context(running(folder, name)) for name in ("one", "two")]


@pytest.fixture
async def servers(urls: list[str]) -> AsyncIterator[tuple[Server, Server]]:
    async with aiohttp.ClientSession() as session:

        async def answers(url: str) -> bool:
            try:
                async with session.get(f"{url}/api/v1/instance") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        one, two = (Server(url, session) for url in urls)
        for server in (one, two):
            await until(partial(answers, server.url), 40, every=0.2)
            await server.ask("POST", "_mock/reset")
        yield one, two


@pytest.fixture
async def source(servers: tuple[Server, Server]) -> AsyncIterator[Mastodon]:
    async with Http(
        contact="", version="0", clock=SystemClock(), seconds_per_try=10, tries=1, backoff=0
    ) as http:
        settings = MastodonSection(servers=tuple(s.url for s in servers), tags=("arxiv",))
        yield Mastodon(http, SystemClock(), settings)


def wanted(known: tuple[Post, ...] = ()) -> Wanted:
    now = SystemClock().now()
    return Wanted(
        day=DAY, arxiv_ids=frozenset(), since=now - timedelta(hours=1),
        until=now + timedelta(hours=1), known=known,
    )  # fmt: skip


def linked(found: Collected) -> dict[str, tuple[str, ...]]:
    """What each account's post links."""
    return {post.author.partition("@")[0]: post.arxiv_ids for post in found.posts}


async def test_posts_edits_deletions_and_boosts_of_boosts(
    servers: tuple[Server, Server], source: Mastodon
) -> None:
    one, two = servers
    mine = await one.post(f"Read {PAPER}")
    lost = await one.post("New: arXiv:2103.15691", "bo")
    await two.post("arxiv.org/abs/2103.15691v2", "feed")
    await two.post("nothing of interest", "bo")
    boost = await one.ask("POST", f"statuses/{mine['id']}/reblog", "bo")
    await one.ask("POST", f"statuses/{boost['id']}/reblog", "feed")
    await one.ask("POST", f"statuses/{mine['id']}/favourite", "bo")
    first = await source.collect(wanted())
    assert first.outcome.status is Status.OK, first.outcome.reason
    assert linked(first) == dict.fromkeys(("ada", "bo", "feed"), ("2103.15691",))
    by_author = {post.author.partition("@")[0]: post for post in first.posts}
    # Mastodon counts a boost of a boost for the post; mastodon_mock counts it for the boost.
    assert (by_author["ada"].reposts, by_author["ada"].likes) == (1, 1)
    assert [by_author[who].is_bot for who in ("ada", "bo", "feed")] == [False, False, True]

    await one.ask("PUT", f"statuses/{mine['id']}", status=f"No, read {OTHER} #arxiv")
    await one.ask("DELETE", f"statuses/{lost['id']}", "bo")
    second = await source.collect(wanted(first.posts))
    assert linked(second) == {"ada": ("2103.14653",), "feed": ("2103.15691",)}
    assert (second.missing, second.gone) == ((by_author["bo"].post_id,), ())

    await one.ask("PUT", f"statuses/{mine['id']}", status="Forget it #arxiv")
    third = await source.collect(wanted(second.posts))
    assert linked(third) == {"feed": ("2103.15691",)}
    assert third.gone == (by_author["ada"].post_id,)


async def test_a_server_that_lost_everything_takes_no_post_along(
    servers: tuple[Server, Server], source: Mastodon
) -> None:
    one, two = servers
    await one.post(f"Read {PAPER}")
    await two.post(f"Read {PAPER}", "bo")
    first = await source.collect(wanted())
    assert len(first.posts) == 2
    await one.ask("POST", "_mock/reset")
    await two.ask("POST", "_mock/reset")
    found = await source.collect(wanted(first.posts))
    assert (found.posts, found.gone) == ((), ())


@pytest.mark.parametrize(
    "effect",
    [
        {"type": "status", "status": 500},
        {"type": "status", "status": 401},
        {"type": "malformed", "truncate": True},
        {"type": "ratelimit"},
    ],
    ids=lambda effect: "-".join(map(str, effect.values())),
)
async def test_a_server_that_fails_leaves_the_other(
    servers: tuple[Server, Server], source: Mastodon, effect: dict[str, object]
) -> None:
    one, two = servers
    await one.post(f"Read {PAPER}")
    await two.post(f"Read {PAPER}", "bo")
    first = await source.collect(wanted())
    await one.fail("/api/v1/timelines/tag/*", **effect)
    found = await source.collect(wanted(first.posts))
    assert linked(found) == {"bo": ("2103.15691",)}
    assert (found.outcome.status, found.gone) == (Status.INCOMPLETE, ())
    assert one.url.removeprefix("http://") in words_or_nothing(found.outcome.reason)
    assert all(post.network is Network.MASTODON for post in found.posts)
