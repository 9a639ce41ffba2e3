"""Mastodon's JSON (docs.joinmastodon.org/entities/Status): timelines and single posts.

``id`` means something on one server only, ``uri`` everywhere. Counts are what that server knows,
which for a post of another server is less than all. A boost is an object of its own around the
post that was boosted; its own counts mean nothing. Texts are HTML, with addresses cut for the
eye and whole in ``href``; ``card`` is the preview of one of them. Only what has a scheme becomes a
link, so the text is read too, for ids and for addresses without ``https://``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from bot.arxiv import ids
from bot.models import Network, Post
from bot.sources.decoding import Count, Instant, Skipped, each, linked, utc, whole
from bot.text import markup

SERVICE = "Mastodon"
SEEN_BY_ALL = ("public", "unlisted")
_NEXT = re.compile(r'<([^<>]*)>[^<]*?;\s*rel="?next\b')


class _Account(msgspec.Struct):
    acct: str
    url: str | None = None
    name: str = msgspec.field(name="display_name", default="")
    bot: bool | None = None


class _Card(msgspec.Struct):
    url: str | None = None


class _Entry(msgspec.Struct):
    id: str
    uri: str
    created_at: Instant
    account: _Account
    edited_at: Instant | None = None
    url: str | None = None
    visibility: str = "public"
    content: str | None = None
    boosts: Count | None = msgspec.field(name="reblogs_count", default=None)
    favourites: Count | None = msgspec.field(name="favourites_count", default=None)
    replies: Count | None = msgspec.field(name="replies_count", default=None)
    card: _Card | None = None
    boosted: "_Entry | None" = msgspec.field(name="reblog", default=None)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page, newest first. A post that links no paper has no ``arxiv_ids``.

    A post comes as often as the page shows it, itself or boosted. ``ids`` are this server's for
    the uris of ``posts``, ``edits`` when this server saw those edited that were. ``rows`` counts
    all entries; ``newest`` is the time of the newest, None where there is none.
    """

    posts: tuple[Post, ...]
    ids: Mapping[str, str]
    edits: Mapping[str, datetime]
    rows: int
    newest: datetime | None
    skipped: tuple[Skipped, ...]


def parse_timeline(body: bytes, server: str, counted_at: datetime) -> Timeline:
    """An answer of ``/api/v1/timelines/tag/{tag}`` of ``server``. Raises Malformed."""
    raws = whole(body, list[msgspec.Raw], SERVICE)
    entries, skipped = each(raws, _Entry, "uri")
    posts: list[Post] = []
    local: dict[str, str] = {}
    edits: dict[str, datetime] = {}
    for entry in entries:
        shown = entry
        while shown.boosted is not None:  # mastodon_mock lets boosts be boosted
            shown = shown.boosted
        post = _post(shown, server, counted_at)
        if isinstance(post, Skipped):
            skipped.append(post)
        elif shown.visibility in SEEN_BY_ALL:
            posts.append(post)
            local[post.post_id] = shown.id
            if shown.edited_at is not None:
                edits[post.post_id] = utc(shown.edited_at)
    newest = max((entry.created_at for entry in entries), default=None)
    return Timeline(tuple(posts), local, edits, len(raws), newest, tuple(skipped))


def parse_status(body: bytes, server: str, counted_at: datetime) -> Post | Skipped:
    """An answer of ``/api/v1/statuses/{id}``. Raises Malformed."""
    return _post(whole(body, _Entry, SERVICE), server, counted_at)


def next_page(link: str) -> str | None:
    """The ``max_id`` of the next page in a Link header. Only an empty page has none for sure."""
    found = _NEXT.search(link)
    return parse_qs(urlsplit(found[1]).query).get("max_id", [None])[-1] if found else None


def _post(entry: _Entry, server: str, counted_at: datetime) -> Post | Skipped:
    if entry.boosts is None or entry.favourites is None:
        return Skipped(entry.uri, "reblogs_count or favourites_count is missing")
    try:
        content = _read(entry.content or "")
    except ValueError as error:
        return Skipped(entry.uri, f"content: {error}")
    links = [*content.links, (entry.card and entry.card.url) or ""]
    found = [paper for link in links for paper in linked(link)]
    account = _full_name(entry.account, server)
    return Post(
        network=Network.MASTODON,
        post_id=entry.uri,
        url=_address(entry, server),
        author=account,
        author_id=entry.account.url or account,
        author_name=entry.account.name,
        posted_at=entry.created_at,
        counted_at=counted_at,
        reposts=entry.boosts,
        likes=entry.favourites,
        replies=entry.replies or 0,
        arxiv_ids=tuple(dict.fromkeys([*found, *ids.find(content.text)])),
        text=content.text or None,
        is_bot=bool(entry.account.bot),
    )


def _full_name(account: _Account, server: str) -> str:
    """``name@host``; a server leaves its own host out."""
    if "@" in account.acct:
        return account.acct
    return f"{account.acct}@{urlsplit(account.url or server).netloc}"


def _address(entry: _Entry, server: str) -> str:
    """The page for people, at the post's own server where it tells one."""
    pages = (url for url in (entry.url, entry.uri) if url and url.startswith(("https:", "http:")))
    return next(pages, f"{server}/@{entry.account.acct}/{entry.id}")


@dataclass(frozen=True, slots=True)
class _Content:
    """``links`` are whole addresses, ``text`` is what stands there, a line for each paragraph."""

    links: list[str]
    text: str


def _read(html: str) -> _Content:
    """Raises ValueError when it is too long."""
    links: list[str] = []
    parts: list[str] = []
    for piece in markup.pieces(html):
        if isinstance(piece, str):
            parts.append(piece)
        elif not piece.ends:
            if piece.name == "a" and (link := piece.attributes.get("href")):
                links.append(link)
            if piece.name in ("p", "br", "li"):
                parts.append("\n")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return _Content(links, "\n".join(filter(None, lines)))
