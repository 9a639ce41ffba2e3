"""An address that follows from a post's id takes no room, and comes back as it was."""

import pytest
from sqlite_utils import Database

from bot.models import Network, Post
from bot.store import posts
from tests.factories import NOW

PAPER = "2103.00001"
# Network, id, URL, author, author's id, whether the URL and the author's id are stored.
POSTS = [
    (Network.X, "1376739399593910273", "https://x.com/invented/status/1376739399593910273",
     "invented", "44196397", (False, True)),
    (Network.X, "12", "https://x.com/i/status/12", "", "", (False, True)),
    (Network.X, "13", "https://twitter.example/13", "invented", "44", (True, True)),
    (Network.BLUESKY, "at://did:plc:invented/app.bsky.feed.post/3l",
     "https://bsky.app/profile/did:plc:invented/post/3l", "ada.example", "did:plc:invented",
     (False, False)),
    (Network.BLUESKY, "at://did:plc:invented/app.bsky.feed.post/3m",
     "https://bsky.app/profile/ada.example/post/3m", "ada.example", "did:plc:other", (True, True)),
    (Network.MASTODON, "https://social.example/users/ada/statuses/7",
     "https://social.example/@ada/7", "ada@social.example", "https://social.example/@ada",
     (False, False)),
    (Network.MASTODON, "https://social.example/notes/9", "https://social.example/notes/9",
     "ada@social.example", "https://social.example/u/ada", (True, True)),
    (Network.HACKERNEWS, "26", "https://news.ycombinator.com/item?id=26", "ada", "ada",
     (False, True)),
    (Network.HUGGINGFACE, PAPER, f"https://huggingface.co/papers/{PAPER}", "ada", "64a",
     (False, True)),
    (Network.HUGGINGFACE, "2103.00002", "", "", "", (True, True)),
]  # fmt: skip


def _post(case: tuple[Network, str, str, str, str, tuple[bool, bool]]) -> Post:
    network, post_id, url, author, author_id, _ = case
    return Post(
        network=network, post_id=post_id, url=url, author=author, author_id=author_id,
        posted_at=NOW, counted_at=NOW, reposts=1, likes=2, arxiv_ids=(PAPER,),
    )  # fmt: skip


@pytest.mark.parametrize("case", POSTS, ids=lambda case: case[1])
def test_an_address_is_stored_only_where_it_does_not_follow_from_the_id(
    db: Database, case: tuple[Network, str, str, str, str, tuple[bool, bool]]
) -> None:
    posts.save(db, [_post(case)])
    assert posts.of_paper(db, PAPER) == [_post(case)]
    stored = db.conn.execute("SELECT url <> x'', author_id <> x'' FROM posts").fetchone()
    assert stored == case[-1]


def test_a_post_without_author_keeps_the_one_that_is_known(db: Database) -> None:
    """A count of X's that leaves the users out."""
    known = _post(POSTS[0])
    unknown = Post(
        network=Network.X, post_id=known.post_id, url=f"https://x.com/i/status/{known.post_id}",
        author="", author_id="", posted_at=NOW, counted_at=NOW, reposts=3, likes=4,
        arxiv_ids=(PAPER,),
    )  # fmt: skip
    posts.save(db, [known])
    posts.save(db, [unknown])
    (post,) = posts.of_paper(db, PAPER)
    assert (post.url, post.author, post.author_id) == (known.url, "invented", "44196397")
    assert post.likes == 4
