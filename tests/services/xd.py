"""A loopback X: search, counts, lookup and usage of API v2, and publish.x.com's oEmbed.

x = XD([XPost(...)], clock)          # names=POST for the newer field names
x.pages = [page, page]               # or: recorded pages, served as they are
x.ledger.dollars, x.ledger.read_again()
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, timedelta
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from tests.services import x_request
from tests.services.base import Service
from tests.services.x_limits import Ledger, Windows, usage
from tests.services.x_oembed import oembed
from tests.services.x_posts import TWEET, Json, Vocabulary, XPost, rendered, timestamp, user_id


class _Refused(Exception):
    def __init__(self, status: int, body: Json) -> None:
        super().__init__(status)
        self.status, self.body = status, body


class XD(Service):
    """``old_index`` lets searches return repost objects, as they did before May 2026.

    ``credits`` are dollars that may be spent; what then comes has ``credit_status``. ``cap`` is
    the number of posts a month. ``partial_errors`` are added to every 200 that has posts.
    """

    def __init__(
        self,
        posts: Iterable[XPost] = (),
        clock: Clock | None = None,
        names: Vocabulary = TWEET,
    ) -> None:
        super().__init__(clock)
        self.posts = {post.id: post for post in posts}
        self.names = names
        self.token = "invented-bearer-token"
        self.ledger = Ledger()
        self.windows = Windows()
        self.pages: list[Json] = []
        self.old_index = False
        self.strict_tokens = False
        self.partial_errors: list[Json] = []
        self.cap = 3_000_000
        self.credits: float | None = None
        self.credit_status: Literal[402, 403] = 402
        self.limit_body: Literal["problem", "code 88"] = "problem"

    def add(self, *posts: XPost) -> None:
        self.posts |= {post.id: post for post in posts}

    def routes(self) -> Iterable[web.RouteDef]:
        handlers: dict[str, Callable[[web.Request], Json]] = {
            "/2/tweets/search/recent": self._search,
            "/2/tweets/search/all": self._search,
            "/2/tweets/counts/recent": self._counts,
            "/2/tweets/counts/all": self._counts,
            "/2/tweets": self._lookup,
            "/2/usage/tweets": self._usage,
        }
        routes = [web.get(path, self._serving(answer)) for path, answer in handlers.items()]
        return [*routes, web.get("/oembed", self._oembed)]

    def _serving(self, answer: Callable[[web.Request], Json]) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            allowed, headers = self.windows.take(request.path, self.clock.now())
            try:
                self._admit(request, allowed)
                return web.json_response(answer(request), headers=headers)
            except x_request.Invalid as problem:
                return web.json_response(self._invalid(problem), status=400, headers=headers)
            except _Refused as refusal:
                return web.json_response(refusal.body, status=refusal.status, headers=headers)

        return serve

    def _admit(self, request: web.Request, allowed: bool) -> None:
        """Raise for a wrong token, too many requests, no credits, or the month's cap."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise _Refused(401, _problem(401, "Unauthorized", "Unauthorized"))
        if not allowed:
            code_88: Json = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
            problem = _problem(429, "Too Many Requests", "Too Many Requests")
            raise _Refused(429, problem if self.limit_body == "problem" else code_88)
        if request.path == "/2/usage/tweets":
            return
        if self.credits is not None and self.ledger.dollars >= self.credits:
            detail = "Your enrolled account does not have any credits to fulfill this request."
            kind = f"{self.names.problems}credits"
            raise _Refused(
                self.credit_status, _problem(self.credit_status, "CreditsDepleted", detail, kind)
            )
        if self.ledger.posts_read >= self.cap and "counts" not in request.path:
            kind, title = f"{self.names.problems}usage-capped", "UsageCapExceeded"
            body = _problem(429, title, "Usage cap exceeded: Monthly product cap", kind)
            raise _Refused(429, {**body, "period": "Monthly", "scope": "Product"})

    def _invalid(self, problem: x_request.Invalid) -> Json:
        return {
            "errors": [
                {"parameters": {problem.parameter: [problem.value]}, "message": str(problem)}
            ],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{self.names.problems}invalid-request",
        }

    def _search(self, request: web.Request) -> Json:
        names, query = self.names, request.query
        x_request.check_names(query, x_request.SEARCH | {names.parameter})
        fields, expansions = x_request.shown_fields(query, names)
        if self.pages:
            return self._recorded(query)
        asked = self._asked(request)
        found = [
            post for post in self._found(asked) if asked.below is None or post.id < asked.below
        ]
        page = found[: asked.size]
        self.ledger.charge_request(request.path)
        answer = self._answer_with(page, fields, expansions, [])
        meta: Json = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": str(page[0].id), "oldest_id": str(page[-1].id)}
        if len(found) > len(page):
            meta["next_token"] = x_request.page_token(query["query"], page[-1].id)
        return {**answer, "meta": meta}

    def _asked(self, request: web.Request) -> x_request.Search:
        archive = request.path.endswith("/all")
        return x_request.search(request.query, archive, self.clock.now(), self.strict_tokens)

    def _found(self, asked: x_request.Search) -> list[XPost]:
        """Newest first."""
        return sorted(
            (
                post
                for post in map(self._face, self.posts.values())
                if post.state == "public"
                and (self.old_index or post.repost_of is None)
                and asked.start <= post.at < asked.end
                and asked.since_id < post.id
                and (asked.until_id is None or post.id < asked.until_id)
                and asked.matches(post)
            ),
            key=lambda post: post.id,
            reverse=True,
        )

    def _face(self, post: XPost) -> XPost:
        """The post as it shows itself: a repost wears its original's text, links and reposts."""
        original = self.posts.get(post.repost_of or 0)
        return post if original is None else original.reposted_by(post)

    def _counts(self, request: web.Request) -> Json:
        query, names = request.query, self.names
        x_request.check_names(query, x_request.COUNTS)
        width = x_request.BUCKETS.get(query.get("granularity", "hour"))
        if width is None:
            value = query["granularity"]
            raise x_request.Invalid("granularity", value, f"[{value}] is not a granularity")
        asked = self._asked(request)
        self.ledger.charge_request(request.path)
        found = self._found(asked)
        tally = Counter((post.at - asked.start) // width for post in found)
        buckets = -((asked.start - asked.end) // width)
        return {
            "data": [
                {
                    "start": timestamp(asked.start + n * width),
                    "end": timestamp(min(asked.start + (n + 1) * width, asked.end)),
                    names.count: tally[n],
                }
                for n in range(buckets)
            ],
            "meta": {names.total: len(found)},
        }

    def _lookup(self, request: web.Request) -> Json:
        x_request.check_names(request.query, x_request.LOOKUP | {self.names.parameter})
        fields, expansions = x_request.shown_fields(request.query, self.names)
        text = request.query.get("ids", "")
        ids = text.split(",")
        if not all(n.isdigit() for n in ids) or not 1 <= len(ids) <= 100:
            raise x_request.Invalid("ids", text, "`ids` must be 1 to 100 numbers")
        self.ledger.charge_request(request.path)
        if self.pages:
            return self._recorded_posts(ids)
        found = {n: self.posts.get(int(n)) for n in ids}
        shown = [self._face(p) for p in found.values() if p is not None and p.state == "public"]
        there = {str(post.id) for post in shown}
        lost = [self._lost(n, post, "ids") for n, post in found.items() if n not in there]
        return self._answer_with(shown, fields, expansions, lost)

    def _answer_with(
        self, posts: list[XPost], fields: frozenset[str], expansions: set[str], errors: list[Json]
    ) -> Json:
        """Charges for what it returns. Empty parts are left out, as X does."""
        names, now = self.names, self.clock.now()
        errors = errors + (self.partial_errors if posts else [])
        authors = {post.author for post in posts}
        includes: Json = {}
        if "author_id" in expansions and posts:
            includes["users"] = [
                {"id": user_id(name), "name": name.title(), "username": name}
                for name in sorted(authors)
            ]
            self.ledger.charge_users(len(authors))
        if any(name.startswith("referenced") for name in expansions):
            wanted = [n for p in posts for n in (p.repost_of, p.quote_of, p.reply_to) if n]
            known = {n: self.posts.get(n) for n in wanted}
            there = [p for p in known.values() if p is not None and p.state == "public"]
            field = names.references
            errors += [self._lost(str(n), p, field) for n, p in known.items() if p not in there]
            if there:
                includes[names.includes] = [rendered(p, fields, names) for p in there]
                self.ledger.charge_posts([str(p.id) for p in there], now)
        self.ledger.charge_posts([str(p.id) for p in posts], now)
        parts: Json = {"data": [rendered(p, fields, names) for p in posts]}
        parts |= {"includes": includes, "errors": errors}
        return {name: part for name, part in parts.items() if part}

    def _lost(self, post_id: str, post: XPost | None, parameter: str) -> Json:
        """The partial error for a post that is not there, or is not ours to see."""
        seen = post is not None and post.state == "protected"
        kind = "not-authorized-for-resource" if seen else "resource-not-found"
        detail = f"Could not find {self.names.resource} with {parameter}: [{post_id}]."
        return {
            "value": post_id,
            "detail": "Sorry, you are not authorized to see this post." if seen else detail,
            "title": "Authorization Error" if seen else "Not Found Error",
            "resource_type": self.names.resource,
            "parameter": parameter,
            "resource_id": post_id,
            "type": f"{self.names.problems}{kind}",
            **({"section": "data"} if seen else {}),
        }

    def _recorded(self, query: Mapping[str, str]) -> Json:
        """Page after page as recorded, only with our own token to the next."""
        number = int(query.get("next_token", "page0").removeprefix("page"))
        page = self.pages[number]
        self.ledger.charge_request("/2/tweets/search/recent")
        self.ledger.charge_posts([str(post["id"]) for post in _posts_of(page)], self.clock.now())
        meta = page.get("meta")
        shown = dict(meta) if isinstance(meta, dict) else {}
        shown.pop("next_token", None)
        if number + 1 < len(self.pages):
            shown["next_token"] = f"page{number + 1}"
        return {**page, "meta": shown}

    def _recorded_posts(self, ids: list[str]) -> Json:
        known = {str(post["id"]): post for page in self.pages for post in _posts_of(page)}
        self.ledger.charge_posts([n for n in ids if n in known], self.clock.now())
        parts: Json = {
            "data": [known[n] for n in ids if n in known],
            "errors": [self._lost(n, None, "ids") for n in ids if n not in known],
        }
        return {name: part for name, part in parts.items() if part}

    def _usage(self, request: web.Request) -> Json:
        x_request.check_names(request.query, {"days", "usage.fields"})
        today = self.clock.now().astimezone(UTC).date()
        days = [today - timedelta(days=n) for n in range(int(request.query.get("days", "7")))]
        return usage(self.ledger, self.cap, days, self.names is not TWEET)

    async def _oembed(self, request: web.Request) -> web.Response:
        """Free, without a token. A post that is gone is 404, a protected one 403."""
        address = request.query.get("url", "")
        last = address.rstrip("/").rsplit("/", 1)[-1].partition("?")[0]
        post = self.posts.get(int(last)) if last.isdigit() else None
        if post is None or post.state == "gone":
            return web.json_response({"error": "Sorry, that page does not exist"}, status=404)
        if post.state == "protected":
            message = "Sorry, you are not authorized to see this status."
            return web.json_response({"error": message}, status=403)
        return web.json_response(oembed(post))


def _problem(status: int, title: str, detail: str, kind: str = "about:blank") -> Json:
    return {"title": title, "detail": detail, "type": kind, "status": status}


def _posts_of(page: Json) -> list[Json]:
    data = page.get("data", [])
    return data if isinstance(data, list) else []
