"""Values for tests, with invented people and texts. Every argument has a harmless default."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, time
from typing import TypeVar

from sqlite_utils import Database

from bot.models import Announcement, LearntFrom, Listed, Network, Paper, Post, Rule
from bot.problems import Code, Problem
from bot.store import rules

DAY = date(2021, 3, 30)
NOW = datetime(2021, 3, 31, 6, 0, tzinfo=UTC)

T = TypeVar("T")


def made(kind: Callable[..., T], fields: Mapping[str, object]) -> T:
    """Whether the fields fit is seen when the value is made, not by the type checker."""
    return kind(**fields)


def legacy(text: str) -> Problem | None:
    """A reason with these words; None without any."""
    return Problem(Code.LEGACY, text=text) if text else None


def paper(arxiv_id: str = "2103.15691", **changes: object) -> Paper:
    values: dict[str, object] = {
        "arxiv_id": arxiv_id,
        "title": f"An Invented Study of {arxiv_id}",
        "authors": ("Ada Example", "Björn Muster"),
        "categories": ("cs.CV",),
        "abstract": "We invent a thing and measure it.",
    }
    return made(Paper, values | changes)


def listed(
    arxiv_id: str = "2103.15691",
    *,
    day: date = DAY,
    announcement: Announcement = Announcement.NEW,
    learnt_from: LearntFrom = LearntFrom.FEED,
    **changes: object,
) -> Listed:
    return Listed(
        paper=paper(arxiv_id, **changes),
        day=day,
        announcement=announcement,
        learnt_from=learnt_from,
    )


def post(post_id: str = "1", *arxiv_ids: str, **changes: object) -> Post:
    values: dict[str, object] = {
        "network": Network.X,
        "post_id": post_id,
        "url": f"https://x.com/someone/status/{post_id}",
        "author": "someone",
        "author_id": "900",
        "posted_at": datetime(2021, 3, 30, 9, 0, tzinfo=UTC),
        "counted_at": NOW,
        "reposts": 10,
        "likes": 20,
        "arxiv_ids": arxiv_ids or ("2103.15691",),
    }
    return made(Post, values | changes)


def rule(**changes: object) -> Rule:
    values: dict[str, object] = {
        "guild_id": 1,
        "channel_id": 2,
        "categories": (),
        "at": time(9, 0),
        "zone": "Europe/Berlin",
        "created_at": NOW,
    }
    return made(Rule, values | changes)


def edit(db: Database, rule: Rule) -> None:
    """Whatever a person, or the bot, has changed of a stored rule."""
    names = [each.name for each in fields(rule) if each.name not in ("rule_id", "unreadable")]
    assert rules.change(db, rule, **{name: getattr(rule, name) for name in names})
