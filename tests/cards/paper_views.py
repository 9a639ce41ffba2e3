"""Papers as their cards see them, and what a repost and a like count for."""

from collections.abc import Sequence
from dataclasses import replace

from bot.models import Announcement, Network, Post
from bot.queries import PaperView
from bot.ranking.scoring import rank, why
from tests import factories

RATES = {
    Network.X: 1.0,
    Network.BLUESKY: 2.0,
    Network.MASTODON: 2.0,
    Network.HACKERNEWS: 2.5,
    Network.HUGGINGFACE: 5.0,
}


def view_of(posts: Sequence[Post], **changes: object) -> PaperView:
    paper = factories.made(factories.paper, changes)
    return PaperView(
        listed=((factories.DAY, Announcement.NEW),),
        ranked=replace(rank([paper], posts, RATES)[0], day=factories.DAY),
        why=why(posts, RATES),
    )
