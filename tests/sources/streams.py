"""What the tests of Bluesky share: posts of the window, a quick pace, and memories for archives."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.models import Post
from bot.sources.bluesky import Pace
from tests.factories import made
from tests.services.bsky_posts import BskyPost
from tests.sources.helpers import SINCE

PAPER = "https://arxiv.org/abs/2103.15691v2"
QUICK = Pace(store=0.05, quiet=0.15, silence=5.0, pause=0.02, longest=0.1, look=0.01)


def post(minutes: float = 60, link: str = PAPER, **changes: object) -> BskyPost:
    """Made so many minutes after the mailing began."""
    links = (link,) if link else ()
    values = {"at": SINCE + timedelta(minutes=minutes), "links": links} | changes
    return made(BskyPost, values)


class MemoryCursor:
    def __init__(self) -> None:
        self.value: str | None = None

    async def get(self) -> str | None:
        return self.value

    async def put(self, value: str) -> None:
        self.value = value


class MemoryPosts:
    """``failing`` raises once, as a full disk does."""

    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}
        self.failing: Exception | None = None

    async def __call__(self, found: Sequence[Post], deleted: Collection[str]) -> None:
        if self.failing:
            error, self.failing = self.failing, None
            raise error
        for post_id in deleted:
            self.posts.pop(post_id, None)
        self.posts |= {post.post_id: post for post in found}
