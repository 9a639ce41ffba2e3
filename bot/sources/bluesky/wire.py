"""Bluesky's JSON: posts as getPosts and searchPosts show them, and the frames of Jetstream.

Shapes from the lexicons (app.bsky.feed.defs, app.bsky.embed.*, app.bsky.richtext.facet) and from
Jetstream's documents, section 5.1. A record is what its author wrote and nobody checked; a view
is a record with its author's name and labels, and its counts.

The text shows links shortened. Whole they stand in facets and in the card (``embed.external``, with
a quote ``embed.media.external``). Clients make no facet of every link (@atproto/api: none right
behind a letter, a quotation mark, a bullet or an emoji), so the text is read as well. What a quoted
post links is not the quoting post's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from bot.arxiv import ids
from bot.errors import Malformed
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources.decoding import Count, Skipped, Text, each, linked, whole

COLLECTION = "app.bsky.feed.post"
SERVICE = "Bluesky"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class _Feature(msgspec.Struct):
    """A link, a mention, a tag, or what another program invented."""

    uri: object = None


class _Facet(msgspec.Struct):
    features: list[_Feature] = []


class _External(msgspec.Struct):
    uri: str = ""


class _Embed(msgspec.Struct):
    external: _External | None = None
    media: "_Embed | None" = None


class _Record(msgspec.Struct):
    text: Text = ""
    created: str = msgspec.field(name="createdAt", default="")
    facets: list[_Facet] | None = None
    embed: _Embed | None = None


class _Label(msgspec.Struct):
    """``src`` is who says ``val`` of the account; an account's own ones stand in its profile."""

    src: str = ""
    val: str = ""
    neg: bool | None = None


class _Author(msgspec.Struct):
    did: str
    handle: str = ""
    name: str | None = msgspec.field(name="displayName", default=None)
    labels: msgspec.Raw = msgspec.Raw()


class _View(msgspec.Struct):
    uri: str
    author: _Author
    record: _Record
    indexed: str = msgspec.field(name="indexedAt", default="")
    likes: Count | None = msgspec.field(name="likeCount", default=None)
    reposts: Count | None = msgspec.field(name="repostCount", default=None)
    replies: Count | None = msgspec.field(name="replyCount", default=None)


class _Views(msgspec.Struct):
    posts: list[msgspec.Raw]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Views:
    """An answer with posts. One that links no paper has no ``arxiv_ids``."""

    posts: tuple[Post, ...]
    cursor: str | None
    skipped: tuple[Skipped, ...]


def parse_views(body: bytes, counted_at: datetime) -> Views:
    """An answer of getPosts or searchPosts. Raises Malformed.

    A post without its counts is left out rather than counted as zero.
    """
    answer = whole(body, _Views, SERVICE)
    views, skipped = each(answer.posts, _View, "uri")
    posts = []
    for view in views:
        if view.likes is None or view.reposts is None:
            skipped.append(Skipped(view.uri, "likeCount or repostCount is missing"))
        else:
            posts.append(_of_view(view, view.reposts, view.likes, counted_at))
    return Views(tuple(posts), answer.cursor or None, tuple(skipped))


def _of_view(view: _View, reposts: int, likes: int, counted_at: datetime) -> Post:
    return Post(
        network=Network.BLUESKY,
        post_id=view.uri,
        url=_url(view.author.did, view.uri.rpartition("/")[2]),
        author=view.author.handle,
        author_id=view.author.did,
        author_name=view.author.name or "",
        posted_at=_posted_at(view.record, _moment(view.indexed) or counted_at),
        counted_at=counted_at,
        reposts=reposts,
        likes=likes,
        replies=view.replies or 0,
        arxiv_ids=_papers(view.record),
        text=view.record.text or None,
        is_bot=_says_bot(view.author),
    )


def _says_bot(author: _Author) -> bool:
    """Whether the account has labelled itself as automated (docs.bsky.app, "Labeling your bot").
    What other labellers say of it is their opinion."""
    try:
        labels = msgspec.json.decode(author.labels or b"[]", type=list[_Label] | None)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    said = {
        bool(label.neg) for label in labels or () if (label.src, label.val) == (author.did, "bot")
    }
    return said == {False}


def _url(did: str, rkey: str) -> str:
    """By the author's id, which stays when the handle changes."""
    return f"https://bsky.app/profile/{did}/post/{rkey}"


def _posted_at(record: _Record, seen: datetime) -> datetime:
    """Authors date their posts themselves; nothing is posted after it was seen."""
    return min(_moment(record.created) or seen, seen)


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _papers(record: _Record) -> tuple[str, ...]:
    """The papers that its links lead to, and those that its text links or names besides."""
    found = [arxiv_id for link in _links(record) for arxiv_id in linked(link)]
    return tuple(dict.fromkeys([*found, *ids.find(record.text)]))


def _links(record: _Record) -> Iterator[str]:
    for facet in record.facets or ():
        for feature in facet.features:
            if isinstance(feature.uri, str):
                yield feature.uri
    embed = record.embed
    for card in (embed and embed.external, embed and embed.media and embed.media.external):
        if card:
            yield card.uri


# ------------------------------------------------------------------------------------------------
# Jetstream


class _Commit(msgspec.Struct):
    operation: str
    rkey: str
    collection: str = COLLECTION
    record: _Record | None = None


class _Frame(msgspec.Struct):
    did: str
    time_us: int
    commit: _Commit | None = None


class _Stamp(msgspec.Struct):
    time_us: int


@dataclass(frozen=True, slots=True)
class Deleted:
    post_id: str


def may_matter(frame: str) -> bool:
    """Whether a frame is worth decoding: it may link a paper, or tell that a post was deleted.

    In compact JSON no text can hold a word with bare quotes around it.
    """
    if '"delete"' in frame:
        return True
    frame = frame.lower()
    return (
        "arxiv" in frame
        or "alphaxiv" in frame
        or "ar5iv" in frame
        or "papers/" in frame  # huggingface.co, hf.co, emergentmind.com
        or "10.48550" in frame
        or "xxx.lanl.gov" in frame
    )


def parse_frame(frame: str) -> Post | Deleted | None:
    """A post that links a paper, with the counts that it had when it was made: none.

    None for a frame that is neither this nor a deletion. Raises Malformed.
    """
    try:
        event = msgspec.json.decode(frame, type=_Frame)
        seen = instant(event.time_us)
    except (msgspec.DecodeError, UnicodeError, RecursionError, OverflowError) as error:
        problem = Problem(Code.ANSWER_UNREADABLE, service="Jetstream", technical=error)
        raise Malformed(problem) from error
    commit = event.commit
    if commit is None or commit.collection != COLLECTION:
        return None
    uri = f"at://{event.did}/{COLLECTION}/{commit.rkey}"
    if commit.operation == "delete":
        return Deleted(uri)
    papers = _papers(commit.record) if commit.record else ()
    if commit.record is None or not papers:
        return None
    return Post(
        network=Network.BLUESKY,
        post_id=uri,
        url=_url(event.did, commit.rkey),
        author="",  # frames do not tell the handle; the first count will
        author_id=event.did,
        posted_at=_posted_at(commit.record, seen),
        counted_at=seen,
        reposts=0,
        likes=0,
        arxiv_ids=papers,
        text=commit.record.text or None,
    )


def stamp(frame: str) -> int | None:
    """When the frame's event was seen, in microseconds since 1970: the stream's cursor."""
    try:
        return msgspec.json.decode(frame, type=_Stamp).time_us
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def instant(time_us: int) -> datetime:
    """Raises OverflowError."""
    return EPOCH + timedelta(microseconds=time_us)


def microseconds(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
