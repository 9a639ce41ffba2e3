"""Posts of Bluesky as records (app.bsky.feed.post) and as views (app.bsky.feed.defs#postView).

From the lexicons and real views. The text shows a link shortened; the whole address is only in a
facet (byte offsets) or in the card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit
from zlib import crc32

Json = dict[str, object]
COLLECTION = "app.bsky.feed.post"
_BASE32 = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True, kw_only=True)
class BskyPost:
    """``links`` are in the text, ``card`` is the embedded preview, ``quote`` the at-uri quoted.

    ``bot``: its account has labelled itself so.
    A post with a quote and a card embeds a record with media. ``n`` tells apart what one person
    posts in one microsecond.
    """

    at: datetime
    text: str = "An invented remark."
    links: tuple[str, ...] = ()
    card: str | None = None
    quote: str | None = None
    handle: str = "ada.test"
    likes: int = 0
    reposts: int = 0
    quotes: int = 0
    replies: int = 0
    lang: str = "en"
    n: int = 0
    bot: bool = False
    state: Literal["public", "gone"] = "public"

    @property
    def did(self) -> str:
        return _did(self.handle)

    @property
    def time_us(self) -> int:
        """Microseconds since 1970: what Jetstream's cursor counts."""
        return int(self.at.timestamp()) * 1_000_000 + self.at.microsecond

    @property
    def rkey(self) -> str:
        """A TID: the microseconds and a clock id, in sortable base 32."""
        return _encoded(self.time_us << 10 | self.n, 13)

    @property
    def uri(self) -> str:
        return f"at://{self.did}/{COLLECTION}/{self.rkey}"

    @property
    def cid(self) -> str:
        return f"bafyrei{self.rkey * 4}"

    @property
    def addresses(self) -> list[str]:
        """Every link of the post, in facets and card."""
        return [*self.links, *([self.card] if self.card else [])]


def record(post: BskyPost, known: Mapping[str, BskyPost]) -> Json:
    text, facets = post.text, []
    for link in post.links:
        shown = link.split("://", 1)[-1]
        shown = shown if len(shown) <= 24 else f"{shown[:21]}..."
        start = len(f"{text} ".encode())
        text = f"{text} {shown}"
        facets.append(
            {
                "index": {"byteStart": start, "byteEnd": start + len(shown.encode())},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": link}],
            }
        )
    made: Json = {
        "$type": COLLECTION,
        "createdAt": timestamp(post.at),
        "langs": [post.lang],
        "text": text,
    }
    embed = _embed(post, known)
    return made | ({"facets": facets} if facets else {}) | ({"embed": embed} if embed else {})


def _embed(post: BskyPost, known: Mapping[str, BskyPost]) -> Json:
    card: Json = {"$type": "app.bsky.embed.external", "external": _external(post.card or "")}
    quoted = known.get(post.quote or "")
    cid = quoted.cid if quoted else "bafyreiunknown"
    quote: Json = {"$type": "app.bsky.embed.record", "record": {"uri": post.quote, "cid": cid}}
    if post.card and post.quote:
        return {"$type": "app.bsky.embed.recordWithMedia", "media": card, "record": quote}
    return card if post.card else quote if post.quote else {}


def _external(address: str) -> Json:
    host = urlsplit(address).hostname or ""
    return {"uri": address, "title": f"A page of {host}", "description": "An invented summary."}


def view(post: BskyPost, known: Mapping[str, BskyPost]) -> Json:
    embed = _embed_view(post, known)
    return {
        "uri": post.uri,
        "cid": post.cid,
        "author": _author(post),
        "record": record(post, known),
        **({"embed": embed} if embed else {}),
        "bookmarkCount": 0,
        "replyCount": post.replies,
        "repostCount": post.reposts,
        "likeCount": post.likes,
        "quoteCount": post.quotes,
        "indexedAt": timestamp(post.at),
        "labels": [],
    }


def _author(post: BskyPost) -> Json:
    name = post.handle.partition(".")[0].title()
    own = {"src": post.did, "uri": f"at://{post.did}/app.bsky.actor.profile/self", "val": "bot"}
    labels = [own] if post.bot else []
    return {"did": post.did, "handle": post.handle, "displayName": name, "labels": labels}


def _embed_view(post: BskyPost, known: Mapping[str, BskyPost]) -> Json:
    card: Json = {"$type": "app.bsky.embed.external#view", "external": _external(post.card or "")}
    quote: Json = {"$type": "app.bsky.embed.record#view", "record": _quoted(post.quote, known)}
    if post.card and post.quote:
        return {"$type": "app.bsky.embed.recordWithMedia#view", "media": card, "record": quote}
    return card if post.card else quote if post.quote else {}


def _quoted(uri: str | None, known: Mapping[str, BskyPost]) -> Json:
    post = known.get(uri or "")
    if post is None or post.state == "gone":
        return {"$type": "app.bsky.embed.record#viewNotFound", "uri": uri, "notFound": True}
    return {
        "$type": "app.bsky.embed.record#viewRecord",
        "uri": post.uri,
        "cid": post.cid,
        "author": _author(post),
        "value": record(post, known),
        "labels": [],
        "likeCount": post.likes,
        "repostCount": post.reposts,
        "indexedAt": timestamp(post.at),
    }


def created(post: BskyPost, known: Mapping[str, BskyPost]) -> Json:
    """Jetstream's frame for a new post."""
    commit = _commit(post, "create") | {"record": record(post, known), "cid": post.cid}
    return {"did": post.did, "time_us": post.time_us, "kind": "commit", "commit": commit}


def deleted(post: BskyPost, time_us: int) -> Json:
    commit = _commit(post, "delete")
    return {"did": post.did, "time_us": time_us, "kind": "commit", "commit": commit}


def _commit(post: BskyPost, operation: str) -> Json:
    return {
        "rev": post.rkey,
        "operation": operation,
        "collection": COLLECTION,
        "rkey": post.rkey,
    }


@lru_cache
def _did(handle: str) -> str:
    return f"did:plc:{_encoded(crc32(handle.encode()) << 80 | 1, 24)}"


def timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _encoded(number: int, length: int) -> str:
    return "".join(_BASE32[number >> 5 * place & 31] for place in reversed(range(length)))
