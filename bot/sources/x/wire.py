"""X API v2's answers, in its older and its newer field names. Pure.

The prose documentation and OpenAPI 2.159 say ``tweet.fields``, ``referenced_tweets``,
``note_tweet``, ``edit_history_tweet_ids``; OpenAPI 2.167 says ``post.fields`` and so on. Answers
are read in either. Fields that only one of them accepts are asked for only in that one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Annotated

import msgspec

from bot.arxiv import ids
from bot.errors import Malformed
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources.decoding import Count, Instant, Skipped, Text, each, linked, utc, whole
from bot.text.markup import unescaped

_ID_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
_ID_TIME_BITS = 22
_REPOSTED = ("retweeted", "reposted")
_REPOST_TEXT = re.compile(r"RT @\w{1,20}: ")
_SHORT_LINK = re.compile(r"https?://t\.co/\w{1,20}")
_STAMP = re.compile(
    r"(?<![\w./:-])([0-9]{4}\.[0-9]{4,5}v[1-9][0-9]?\s{1,8})\[https?://t\.co/\w{1,20}\]"
)


class Vocabulary(Enum):
    """The parameter that names the fields of a post, and its value.

    No expansions: whether the users that they bring are billed is written nowhere. 2.167 knows
    ``author_id`` and the references of a post only as expansions, so there they are not asked for.
    """

    TWEET = (
        "tweet.fields",
        "author_id,created_at,edit_history_tweet_ids,entities,note_tweet,public_metrics,"
        "referenced_tweets",
    )
    POST = ("post.fields", "created_at,entities,note_post,public_metrics")

    @property
    def parameter(self) -> str:
        return self.value[0]

    @property
    def fields(self) -> str:
        return self.value[1]

    @property
    def other(self) -> "Vocabulary":
        return Vocabulary.POST if self is Vocabulary.TWEET else Vocabulary.TWEET


class _Metrics(msgspec.Struct):
    like_count: Count
    reply_count: Count | None = None
    retweet_count: Count | None = None
    repost_count: Count | None = None


class _Url(msgspec.Struct):
    url: str | None = None
    expanded_url: str | None = None
    unwound_url: str | None = None


class _Entities(msgspec.Struct):
    urls: list[_Url] | None = None


class _Note(msgspec.Struct):
    text: Text | None = None
    entities: _Entities | None = None


class _Reference(msgspec.Struct):
    type: str
    id: str = ""


_Id = Annotated[str, msgspec.Meta(pattern="^[0-9]{1,19}$")]


class _Item(msgspec.Struct):
    """A post. Where a pair of fields has two names, at most one of them comes."""

    id: _Id
    public_metrics: _Metrics
    text: Text | None = None
    author_id: str | None = None
    username: str | None = None
    created_at: Instant | None = None
    entities: _Entities | None = None
    note_tweet: _Note | None = None
    note_post: _Note | None = None
    referenced_tweets: list[_Reference] | None = None
    referenced_posts: list[_Reference] | None = None
    edit_history_tweet_ids: list[_Id] | None = None
    edit_history_post_ids: list[_Id] | None = None

    @property
    def references(self) -> list[_Reference]:
        return [*(self.referenced_tweets or ()), *(self.referenced_posts or ())]

    @property
    def note(self) -> _Note:
        return self.note_tweet or self.note_post or _Note()


class _Named(msgspec.Struct):
    """What is left of a malformed post that was billed all the same."""

    id: _Id


class _User(msgspec.Struct):
    id: str
    username: str = ""
    name: str = ""


class _Includes(msgspec.Struct):
    users: list[msgspec.Raw] | None = None
    tweets: list[msgspec.Raw] | None = None
    posts: list[msgspec.Raw] | None = None


class _Meta(msgspec.Struct):
    next_token: str | None = None
    total_tweet_count: Count | None = None
    total_post_count: Count | None = None


class _Problem(msgspec.Struct):
    """A partial error in an answer, or a whole refusal, which may hold others."""

    title: str | None = None
    detail: str | None = None
    message: str | None = None
    type: str | None = None
    value: str | None = None
    resource_id: str | None = None
    errors: list["_Problem"] | None = None


class _Answer(msgspec.Struct):
    data: list[msgspec.Raw] | None = None
    includes: _Includes | None = None
    errors: list[msgspec.Raw] | None = None
    meta: _Meta | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """An answer with posts.

    ``posts`` are originals, repost objects dropped; one that links no paper has no ``arxiv_ids``.
    The original of a repost object is among them, once, where X sent it along.
    ``read`` are the ids of all that came, which is what is billed. ``gone`` are ids that X says
    it does not have, or does not show any more. ``errors`` are what else went wrong in part.
    """

    posts: tuple[Post, ...]
    read: frozenset[str]
    next_token: str | None = None
    gone: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def parse_posts(body: bytes, counted_at: datetime) -> Page:
    """An answer of search or lookup. An empty one has no ``data``. Raises Malformed."""
    answer = whole(body, _Answer, "X")
    if answer.data is None and answer.meta is None and answer.errors is None:
        technical = "neither data nor meta nor errors"
        raise Malformed(Problem(Code.ANSWER_UNREADABLE, service="X", technical=technical))
    raws, more = answer.data or [], _sent_along(answer)
    items, skipped = each(raws, _Item, "id")
    named, _ = each([*raws, *more], _Named, "id")
    users = {user.id: user for user in _users(answer)}
    posts = []
    for item in (*items, *_reposted(items, more)):
        if _is_repost(item):
            continue
        if _reposts(item) is None:
            skipped.append(Skipped(item.id, "public_metrics has no count of reposts"))
        else:
            posts.append(_post(item, users.get(item.author_id or ""), counted_at))
    problems, unread = each(answer.errors or [], _Problem, "title")
    return Page(
        posts=tuple(posts),
        read=frozenset(item.id for item in named),
        next_token=(answer.meta and answer.meta.next_token) or None,
        gone=tuple(i for p in problems if _is_gone(p) and (i := _concerned(p))),
        errors=(*(_said(p) for p in problems if not _is_gone(p)), *map(str, unread)),
        skipped=tuple(skipped),
    )


def _sent_along(answer: _Answer) -> list[msgspec.Raw]:
    """Posts that nobody asked for, but that are billed like those in ``data``."""
    includes = answer.includes or _Includes()
    return [*(includes.tweets or ()), *(includes.posts or ())]


def _reposted(items: Sequence[_Item], more: Sequence[msgspec.Raw]) -> list[_Item]:
    """The originals of repost objects in ``items`` that came along. What a quote or a reply refers
    to may link papers too, but nobody searched for it."""
    wanted = {r.id for item in items for r in item.references if r.type in _REPOSTED}
    wanted -= {item.id for item in items}
    return list(
        {item.id: item for item in each(more, _Item, "id")[0] if item.id in wanted}.values()
    )


def _users(answer: _Answer) -> list[_User]:
    """Nobody asked for them, so nothing is wrong when they cannot be read."""
    return each((answer.includes and answer.includes.users) or [], _User, "id")[0]


def parse_total(body: bytes) -> int:
    """How many posts an answer of the counts endpoint counts. Raises Malformed."""
    meta = whole(body, _Answer, "X").meta or _Meta()
    total = meta.total_post_count if meta.total_tweet_count is None else meta.total_tweet_count
    if total is None:
        technical = "counts without their total"
        raise Malformed(Problem(Code.ANSWER_UNREADABLE, service="X", technical=technical))
    return total


class Refusal(Enum):
    """What a status other than 200 amounts to."""

    WAIT = auto()  # too many requests for the moment
    NO_CREDIT = auto()
    CAPPED = auto()
    OTHER = auto()


def parse_refusal(status: int, body: bytes) -> tuple[Refusal, str]:
    """The kind of refusal, and X's own words for it in one short line. Never raises."""
    try:
        problem = whole(body, _Problem, "X")
    except Malformed:
        problem = _Problem()
    said = _said(problem.errors[0]) if problem.errors else _said(problem)
    kind, title = (problem.type or "").lower(), (problem.title or "").lower()
    if status == 429:
        capped = "usage-capped" in kind or "usagecap" in title or "usage cap" in said.lower()
        return (Refusal.CAPPED if capped else Refusal.WAIT), said
    if status == 402 or (status == 403 and "credit" in f"{kind} {title} {said.lower()}"):
        return Refusal.NO_CREDIT, said
    if status == 403 and "usage-capped" in kind:
        return Refusal.CAPPED, said
    return Refusal.OTHER, said


def _is_repost(item: _Item) -> bool:
    """A repost object carries its original's reposts and no likes: it must not be counted.

    Where references were not to be had, it is known by the words that X puts before its text.
    """
    if item.references:
        return any(reference.type in _REPOSTED for reference in item.references)
    return not item.public_metrics.like_count and bool(_REPOST_TEXT.match(item.text or ""))


def _reposts(item: _Item) -> int | None:
    metrics = item.public_metrics
    return metrics.repost_count if metrics.retweet_count is None else metrics.retweet_count


def _post(item: _Item, user: _User | None, counted_at: datetime) -> Post:
    handle = (user and user.username) or item.username or ""
    text = item.note.text or item.text
    history = (*(item.edit_history_tweet_ids or ()), *(item.edit_history_post_ids or ()))
    return Post(
        network=Network.X,
        post_id=item.id,
        url=f"https://x.com/{handle or 'i'}/status/{item.id}",
        author=handle,
        author_id=item.author_id or handle,
        author_name=user.name if user else "",
        posted_at=utc(item.created_at or born(item.id)),
        counted_at=counted_at,
        reposts=_reposts(item) or 0,
        likes=item.public_metrics.like_count,
        replies=item.public_metrics.reply_count or 0,
        arxiv_ids=_papers(item),
        text=unescaped(text) if text else None,
        supersedes=tuple(n for n in history if int(n) < int(item.id)),
    )


def _papers(item: _Item) -> tuple[str, ...]:
    """The papers that its links lead to, and those that its text names besides."""
    found = [arxiv_id for url in _links(item) for arxiv_id in linked(url)]
    named = ids.find(_as_written(item))
    return tuple(dict.fromkeys([*found, *named]))


def _as_written(item: _Item) -> str:
    """The text without short links. X takes 29 of arXiv's categories for web addresses (cs.CV is
    Cape Verde), so the stamp ``2103.15691v1 [cs.CV]`` comes as ``2103.15691v1 [https://t.co/...]``.
    """
    written = {
        url.url: url.expanded_url.partition("://")[2].rstrip("/")
        for url in _urls(item)
        if url.url and url.expanded_url
    }
    text = _SHORT_LINK.sub(
        lambda link: written.get(link[0], link[0]), item.note.text or item.text or ""
    )
    return _STAMP.sub(r"arXiv:\1", text)


def _links(item: _Item) -> Iterator[str]:
    for url in _urls(item):
        yield from filter(None, (url.expanded_url, url.unwound_url))


def _urls(item: _Item) -> Iterator[_Url]:
    """A long post may have its links only in the note."""
    for entities in (item.entities, item.note.entities):
        yield from (entities and entities.urls) or ()


def born(post_id: str) -> datetime:
    """Ids begin with the milliseconds since X's epoch."""
    return _ID_EPOCH + timedelta(milliseconds=int(post_id) >> _ID_TIME_BITS)


def _is_gone(problem: _Problem) -> bool:
    """Deleted, or not to be seen any more: X's policy wants both forgotten."""
    kind, title = problem.type or "", problem.title or ""
    ends = ("resource-not-found", "not-authorized-for-resource")
    return kind.endswith(ends) or title == "Not Found Error"


def _concerned(problem: _Problem) -> str:
    return problem.resource_id or problem.value or ""


def _said(problem: _Problem) -> str:
    text = problem.detail or problem.message or problem.title or ""
    return " ".join(text.split())[:200]
