"""A loopback Mastodon server: /api/v1/timelines/tag/{tag}.

Shapes from recorded answers (halcy/Mastodon.py). Each server has its own ids and its own, lower,
counts for posts of others; ``uri`` is what two servers have in common.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from zlib import crc32

from aiohttp import web

from bot.clock import Clock
from tests.services.base import Service

Json = dict[str, object]
MOST = 40
WINDOW = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class Toot:
    """``links`` stand in the content, shortened for the eye; ``card`` is the preview's address.

    ``boost_of`` makes it a wrapper around another one, whose counts are the ones that mean
    anything. Without a ``uri`` the post is this server's own.
    """

    id: int
    at: datetime
    text: str = "An invented remark."
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("arxiv",)
    card: str | None = None
    uri: str | None = None
    account: str = "ada"
    boosts: int = 0
    favourites: int = 0
    replies: int = 0
    boost_of: "Toot | None" = None
    visibility: str = "public"
    edited_at: datetime | None = None
    bot: bool = False


class MastodonD(Service):
    """``closed`` servers answer only to ``token``. ``limit`` requests fit into five minutes."""

    def __init__(self, toots: Iterable[Toot] = (), clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.toots = list(toots)
        self.closed = False
        self.token = "invented-user-token"
        self.limit = 300
        self._window: tuple[datetime, int] | None = None

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/api/v1/timelines/tag/{tag}", self._tag)]

    async def _tag(self, request: web.Request) -> web.Response:
        allowed, headers = self._take()
        if not allowed:
            return web.json_response({"error": "Too many requests"}, status=429, headers=headers)
        if self.closed and request.headers.get("Authorization") != f"Bearer {self.token}":
            message = "This method requires an authenticated user"
            return web.json_response({"error": message}, status=401, headers=headers)
        query, tag = request.query, request.match_info["tag"].lower()
        page = [t for t in self.toots if tag in t.tags and t.visibility == "public"]
        page = [t for t in page if t.id < int(query.get("max_id", 1 << 63))]
        page = [t for t in page if t.id > int(query.get("since_id", query.get("min_id", 0)))]
        size = max(1, min(int(query.get("limit", "20")), MOST))
        page.sort(key=lambda toot: toot.id, reverse="min_id" not in query)
        page = sorted(page[:size], key=lambda toot: toot.id, reverse=True)
        if page:
            headers["Link"] = self._link(request, page)
        return web.json_response([self._status(toot) for toot in page], headers=headers)

    def _take(self) -> tuple[bool, dict[str, str]]:
        """The reset is an ISO date, not a number of seconds."""
        now = self.clock.now()
        began, used = self._window or (now, 0)
        if now >= began + WINDOW:
            began, used = now, 0
        self._window = began, used + 1
        return used < self.limit, {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - used - 1, 0)),
            "X-RateLimit-Reset": (began + WINDOW).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }

    def _link(self, request: web.Request, page: list[Toot]) -> str:
        """Both ways, also from the last page: only an empty page is the end."""
        kept = {k: v for k, v in request.query.items() if not k.endswith("_id")}
        base = request.url.with_scheme("http").with_query(kept)
        older = base.update_query(max_id=page[-1].id)
        newer = base.update_query(min_id=page[0].id)
        return f'<{older}>; rel="next", <{newer}>; rel="prev"'

    def _status(self, toot: Toot) -> Json:
        name, _, host = toot.account.partition("@")
        profile = f"https://{host}/@{name}" if host else f"{self.url}/@{name}"
        inner = toot.boost_of
        shown = inner or toot
        own = f"{self.url}/ap/users/{name}/statuses/{toot.id}"
        return {
            "id": str(toot.id),
            "created_at": f"{toot.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "in_reply_to_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": toot.visibility,
            "language": "en",
            "uri": toot.uri or own,
            "url": toot.uri or f"{profile}/{toot.id}",
            "replies_count": toot.replies,
            "reblogs_count": toot.boosts,
            "favourites_count": toot.favourites,
            "edited_at": toot.edited_at
            and f"{toot.edited_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "content": _content(shown, self.url),
            "reblog": None if inner is None else self._status(inner),
            "account": {
                "id": str(crc32(toot.account.encode())),
                "username": name,
                "acct": toot.account,
                "display_name": name.title(),
                "bot": toot.bot,
                "url": profile,
            },
            "media_attachments": [],
            "mentions": [],
            "tags": [{"name": t, "url": f"{self.url}/tags/{t}"} for t in shown.tags],
            "emojis": [],
            "card": _card(shown.card),
            "poll": None,
        }


def _content(toot: Toot, server: str) -> str:
    """Long addresses are cut for the eye by ``ellipsis`` and ``invisible`` spans; href is whole."""
    parts = [escape(toot.text)]
    for link in toot.links:
        scheme, _, rest = link.partition("://")
        cut = "ellipsis" if len(rest) > 30 else ""
        parts.append(
            f'<a href="{escape(link)}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{scheme}://</span><span class="{cut}">{rest[:30]}</span>'
            f'<span class="invisible">{rest[30:]}</span></a>'
        )
    parts += [
        f'<a href="{server}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        for tag in toot.tags
    ]
    return f"<p>{' '.join(parts)}</p>"


def _card(address: str | None) -> Json | None:
    if address is None:
        return None
    return {
        "url": address,
        "title": "An Invented Paper",
        "description": "",
        "language": "en",
        "type": "link",
        "author_name": "",
        "provider_name": "",
        "html": "",
        "image": None,
        "published_at": None,
    }
