"""Posts as X API v2 shows them, in its older and its newer field names.

Sources: X's OpenAPI files 2.159 (``tweet.fields``) and 2.167 (``post.fields``), and recorded
pages. A field is there only if it was asked for; an expansion brings its own field along.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from zlib import crc32

Json = dict[str, object]

_IN_BOTH = (
    "article attachments card_uri community_id context_annotations conversation_id created_at"
    " display_text_range edit_controls entities geo id lang media_metadata non_public_metrics"
    " organic_metrics possibly_sensitive promoted_metrics public_metrics reply_settings scopes"
    " source suggested_source_links suggested_source_links_with_counts text withheld"
)
_BOTH = frozenset(_IN_BOTH.split())
_TWITTER_EPOCH_MS = 1288834974657


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What one edition of the API calls things. ``fields`` are all it accepts."""

    parameter: str
    fields: frozenset[str]
    history: str
    references: str
    note: str
    reposts: str
    count: str
    total: str
    includes: str
    resource: str
    problems: str
    expansions: dict[str, str]


TWEET = Vocabulary(
    parameter="tweet.fields",
    fields=_BOTH
    | {"author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet"}
    | {"referenced_tweets"},
    history="edit_history_tweet_ids",
    references="referenced_tweets",
    note="note_tweet",
    reposts="retweet_count",
    count="tweet_count",
    total="total_tweet_count",
    includes="tweets",
    resource="tweet",
    problems="https://api.twitter.com/2/problems/",
    expansions={
        "author_id": "author_id",
        "edit_history_tweet_ids": "edit_history_tweet_ids",
        "in_reply_to_user_id": "in_reply_to_user_id",
        "referenced_tweets.id": "referenced_tweets",
        "referenced_tweets.id.author_id": "referenced_tweets",
    },
)
POST = Vocabulary(
    parameter="post.fields",
    fields=_BOTH
    | {"article_title", "matched_media_notes", "note_post", "note_request_suggestions"}
    | {"paid_partnership"},
    history="edit_history_post_ids",
    references="referenced_posts",
    note="note_post",
    reposts="repost_count",
    count="post_count",
    total="total_post_count",
    includes="posts",
    resource="post",
    problems="https://api.x.com/2/problems/",
    expansions={
        "author_id": "author_id",
        "username": "username",
        "edit_history_post_ids": "edit_history_post_ids",
        "in_reply_to_user_id": "in_reply_to_user_id",
        "referenced_posts": "referenced_posts",
    },
)


@dataclass(slots=True, kw_only=True)
class XPost:
    """``text`` is what people wrote; its links follow it as t.co addresses.

    ``repost_of`` makes it a repost object: no likes of its own, and the original's text, links
    and repost count. ``long`` moves text and links of a post over 280 characters to the note.
    ``history`` is the edit chain, oldest id first; every edit is a post of its own.
    """

    id: int
    at: datetime
    text: str = "An invented remark."
    urls: tuple[str, ...] = ()
    author: str = "adainventa"
    likes: int = 0
    reposts: int = 0
    quotes: int = 0
    replies: int = 0
    repost_of: int | None = None
    quote_of: int | None = None
    reply_to: int | None = None
    long: bool = False
    history: tuple[int, ...] = ()
    lang: str = "en"
    state: Literal["public", "protected", "gone"] = "public"

    @property
    def author_id(self) -> str:
        return user_id(self.author)

    @property
    def short_links(self) -> list[str]:
        return [f"https://t.co/{crc32(url.encode()):08x}00" for url in self.urls]

    @property
    def full_text(self) -> str:
        return " ".join([self.text, *self.short_links])

    def reposted_by(self, other: "XPost") -> "XPost":
        """What ``other``, a repost of this post, shows of itself."""
        text = f"RT @{self.author}: {self.text}"
        text = text if len(text) <= 140 else text[:139] + "…"
        bare = replace(other, likes=0, quotes=0, replies=0, long=False)
        return replace(bare, text=text, urls=self.urls, reposts=self.reposts)


def snowflake(at: datetime, n: int = 0) -> int:
    """The id of the ``n``-th post of that millisecond: later posts have greater ids."""
    return (int(at.timestamp() * 1000) - _TWITTER_EPOCH_MS) << 22 | n


def user_id(name: str) -> str:
    return str(10**9 + crc32(name.encode()))


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def rendered(post: XPost, fields: frozenset[str], names: Vocabulary) -> Json:
    """The post with ``fields`` and what always comes: id, text and the edit history."""
    wanted = fields | {"id", "text", names.history}
    return {name: value for name, value in _everything(post, names).items() if name in wanted}


def _everything(post: XPost, names: Vocabulary) -> Json:
    text = post.full_text
    shown: Json = {
        "id": str(post.id),
        "text": f"{text[:279]}…" if post.long else text,
        names.history: [str(n) for n in post.history or (post.id,)],
        "author_id": post.author_id,
        "username": post.author,
        "created_at": timestamp(post.at),
        "conversation_id": str(post.reply_to or post.id),
        "lang": post.lang,
        "public_metrics": {
            names.reposts: post.reposts,
            "reply_count": post.replies,
            "like_count": post.likes,
            "quote_count": post.quotes,
            "bookmark_count": post.likes // 3,
            "impression_count": 90 * (post.likes + post.reposts),
        },
    }
    references = _references(post)
    if references:
        shown[names.references] = references
    if post.long:
        shown[names.note] = {"text": text, "entities": {"urls": _links(post)}}
    elif post.urls:
        shown["entities"] = {"urls": _links(post)}
    return shown


def _references(post: XPost) -> list[Json]:
    kinds = {
        "retweeted": post.repost_of,
        "quoted": post.quote_of,
        "replied_to": post.reply_to,
    }
    return [{"type": kind, "id": str(to)} for kind, to in kinds.items() if to is not None]


def _links(post: XPost) -> list[Json]:
    links, text = [], post.full_text
    for short, url in zip(post.short_links, post.urls, strict=True):
        start = text.index(short)
        shown = url.split("://", 1)[-1]
        links.append(
            {
                "start": start,
                "end": start + len(short),
                "url": short,
                "expanded_url": url,
                "display_url": shown if len(shown) <= 26 else f"{shown[:26]}…",
            }
        )
    return list(links)
