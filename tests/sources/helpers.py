"""What the sources are asked for in their tests: the listing of 2021-03-30, a day later."""

from datetime import UTC, datetime

from bot.arxiv import calendar
from bot.models import Post
from bot.sources import Collected, Wanted
from tests.factories import DAY

SINCE = calendar.mailing_start(DAY)
NOW = datetime(2021, 3, 31, 6, 0, tzinfo=UTC)


def wanted(
    *known: Post,
    since: datetime = SINCE,
    until: datetime = NOW,
    arxiv_ids: frozenset[str] = frozenset(),
) -> Wanted:
    return Wanted(
        day=DAY,
        arxiv_ids=arxiv_ids,
        since=since,
        until=until,
        known=known,
    )


def likes(found: Collected) -> dict[str, int]:
    """The likes of each post by its id."""
    return {post.post_id: post.likes for post in found.posts}
