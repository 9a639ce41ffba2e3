"""One big mailing day: 1,500 papers and 20,000 posts harvested, collected, stored and ranked.

The daily job as it is in production, against services of another process, so that only its own
CPU counts. The baseline reads the same answers with the standard library's parsers and writes
each as one row. Blocking is told in the loop's own CPU time between two turns, which another
program on the machine cannot lengthen; it is watched in a second run, since watching costs CPU.
"""

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import msgspec

from benchmarks.beside import fetch, running
from benchmarks.mailing_services import BLUESKY_POSTS, CATEGORIES, DAY, NOW, PAPERS, X_POSTS
from benchmarks.row import Row
from bot.clock import ManualClock
from bot.config import ArxivSection, Config, Secret, Secrets, Settings, SourcesSection
from bot.container import services
from bot.store import Archive, papers, posts

GOAL_CPU = 3.0
GOAL_BLOCKED = 0.05
TURN = 0.002


class Turns:
    """The longest that the loop's thread worked without letting others have a turn."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(TURN)
            self.longest = max(self.longest, time.thread_time() - before)


def measure() -> list[Row]:
    with running([sys.executable, "-m", "benchmarks.mailing_services"]) as process:
        told = json.loads(process.stdout.readline() if process.stdout else "{}")
        cpu = asyncio.run(_day(told, None))
        turns = Turns()
        asyncio.run(_day(told, turns))
        blocked = turns.longest
        plain, whole = _plainly(told)
    return [
        Row(
            "mailing day of 1,500 papers and 20,000 posts, against a plain parse and store",
            cpu, "s of CPU", baseline=plain, goal=GOAL_CPU, met=cpu < GOAL_CPU,
        ),
        Row(
            "mailing day: longest turn of the event loop, against all of the plain one",
            blocked, "s", baseline=whole, goal=GOAL_BLOCKED, met=blocked < GOAL_BLOCKED,
        ),
    ]  # fmt: skip


async def _day(told: dict[str, str], turns: Turns | None) -> float:
    """CPU seconds of the daily job on an empty archive."""
    with tempfile.TemporaryDirectory() as folder:
        config = _config(told, Path(folder) / "archive.db")
        async with services(config, ManualClock(NOW)) as opened:
            # Names of authors are asked for one by one and politely slowly; not part of the work.
            daily = replace(opened.daily, lookup=None)
            watching = asyncio.create_task(turns.watch()) if turns else None
            started = time.process_time()
            await daily.run(DAY)
            cpu = time.process_time() - started
            if watching:
                watching.cancel()
            await _check(opened.archive)
        return cpu


async def _check(archive: Archive) -> None:
    listed = len(await archive.read(papers.of_day, DAY))
    found = len(await archive.read(posts.of_day, DAY))
    if (listed, found) != (PAPERS, X_POSTS + BLUESKY_POSTS):
        raise RuntimeError(f"{listed:,} papers and {found:,} posts were stored")


def _config(told: dict[str, str], path: Path) -> Config:
    change = msgspec.structs.replace
    arxiv, sources = told["arxiv"], SourcesSection()
    settings = Settings(
        arxiv=ArxivSection(
            categories=CATEGORIES,
            feed_url=arxiv,
            listing_url=arxiv,
            oai_url=arxiv,
            api_url=arxiv,
            seconds_between_requests=0.0,
            seconds_between_pages=0.0,
        ),
        sources=SourcesSection(
            x=change(sources.x, url=told["x"], min_likes=0, min_reposts=0, posts_per_day=30_000),
            bluesky=change(
                sources.bluesky,
                appview_url=told["bluesky"],
                pds_url=told["bluesky"],
                jetstream_url=told["bluesky"].replace("http", "ws", 1),
            ),
            mastodon=change(sources.mastodon, enabled=False),
            hackernews=change(sources.hackernews, enabled=False),
            huggingface=change(sources.huggingface, enabled=False),
        ),
    )
    secrets = Secrets(x_bearer_token=Secret(told["x_token"]))
    return Config(settings, secrets, path)


def _plainly(told: dict[str, str]) -> tuple[float, float]:
    """(CPU seconds, the same in one go) of a program that understands nothing of it."""
    feeds = [fetch(f"{told['arxiv']}/atom/{category}") for category in CATEGORIES]
    url = f"{told['x']}/2/tweets/search/recent?query=url:arxiv.org"
    headers = {"Authorization": f"Bearer {told['x_token']}"}
    pages = [fetch(f"{url}&next_token=page{n}", headers) for n in range(X_POSTS // 100)]
    pages *= (X_POSTS + BLUESKY_POSTS) // X_POSTS
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)")
    started = time.process_time()
    for feed in feeds:
        entries = ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}entry")  # noqa: S314 - our own bytes
        rows = [("".join(entry.itertext()),) for entry in entries]
        db.executemany("INSERT INTO rows (body) VALUES (?)", rows)
    for page in pages:
        rows = [(json.dumps(post),) for post in json.loads(page)["data"]]
        db.executemany("INSERT INTO rows (body) VALUES (?)", rows)
    seconds = time.process_time() - started
    db.close()
    return seconds, seconds
