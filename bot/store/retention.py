"""What is not kept for ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.store import api_usage, missing_posts, posts

# What was read is asked for again for the day it was read on; two months are for whoever wonders.
READS_KEPT = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many posts' texts, and how many notes of posts that were read, were dropped."""

    texts: int
    reads: int


def tidy(db: Database, *, text_days: int, now: datetime) -> Tidied:
    """Forget the texts of posts older than ``text_days`` (ids and counts stay), and which posts
    were read from a service that bills by the post, two months ago."""
    missing_posts.forget_dropped(db, before=now - missing_posts.REMEMBERED)
    texts = posts.expire_texts(db, posted_before=now - timedelta(days=text_days))
    return Tidied(texts, reads=api_usage.forget_before(db, now - READS_KEPT))
