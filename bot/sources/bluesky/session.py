"""A session on the account's server (com.atproto.server.*), for the endpoints that want one.

An app password opens it. Opening is limited to 30 in five minutes and 300 a day, failures
included, so it is opened once and then refreshed; a login that was refused is not tried again
for an hour. An expired token is told with 400 or 401, by the name ExpiredToken.
"""

import asyncio
from datetime import datetime, timedelta

import msgspec

from bot.clock import Clock
from bot.config import Secret
from bot.errors import Malformed, Refused
from bot.http import Http, Response
from bot.problems import Code, Problem
from bot.sources.bluesky.wire import SERVICE
from bot.sources.decoding import whole

GATE = "bluesky"
# Closed on its own: a limit on logins is none on searches.
LOGIN_DOOR = "bluesky login"
REFUSALS = (400, 401, 403)
AFTER_REFUSAL = timedelta(hours=1)


class _Tokens(msgspec.Struct):
    access: str = msgspec.field(name="accessJwt")
    refresh: str = msgspec.field(name="refreshJwt")


class _Problem(msgspec.Struct):
    error: str = ""
    message: str = ""


class Session:
    """``url`` is the server's, of which only the handle's account needs to be known there."""

    def __init__(
        self, http: Http, clock: Clock, url: str, handle: str, app_password: Secret
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = url.rstrip("/")
        self._handle = handle
        self._password = app_password
        self._tokens: _Tokens | None = None
        self._refused: tuple[datetime, Problem] | None = None
        self._turn = asyncio.Lock()

    async def get(self, method: str, params: dict[str, str]) -> Response:
        """The answer of an XRPC query, logged in. Raises SourceError."""
        tokens = await self._opened()
        answer = await self._ask(method, params, tokens)
        if answer.status == 200:
            return answer
        if (await _problem(answer)).error not in ("ExpiredToken", "InvalidToken", "AuthMissing"):
            raise await _refused(answer, Code.BLUESKY_REFUSED)
        answer = await self._ask(method, params, await self._renewed(tokens))
        if answer.status != 200:
            raise await _refused(answer, Code.BLUESKY_SESSION_REFUSED)
        return answer

    async def _ask(self, method: str, params: dict[str, str], tokens: _Tokens) -> Response:
        return await self._http.get(
            f"{self._url}/xrpc/{method}",
            params=params,
            headers={"Authorization": f"Bearer {tokens.access}"},
            gate=GATE,
            accept=(200, *REFUSALS),
        )

    async def _opened(self) -> _Tokens:
        async with self._turn:
            return self._tokens or await self._log_in()

    async def _renewed(self, old: _Tokens) -> _Tokens:
        """Two that find the token expired at once renew it once."""
        async with self._turn:
            if self._tokens is not None and self._tokens is not old:
                return self._tokens
            answer = await self._post("refreshSession", None, f"Bearer {old.refresh}")
            if answer.status != 200:
                return await self._log_in()
            self._tokens = await answer.parsed(whole, _Tokens, SERVICE)
            return self._tokens

    async def _log_in(self) -> _Tokens:
        self._tokens = None
        if self._refused and self._clock.now() < self._refused[0]:
            raise Refused(self._refused[1], url=self._url)
        given = {"identifier": self._handle, "password": self._password.reveal()}
        answer = await self._post("createSession", given)
        if answer.status != 200:
            error = await _refused(answer, Code.BLUESKY_LOGIN_REFUSED, handle=self._handle)
            self._refused = (self._clock.now() + AFTER_REFUSAL, error.problem)
            raise error
        self._tokens = await answer.parsed(whole, _Tokens, SERVICE)
        return self._tokens

    async def _post(self, method: str, json: object, authorization: str = "") -> Response:
        return await self._http.post(
            f"{self._url}/xrpc/com.atproto.server.{method}",
            json=json,
            headers={"Authorization": authorization} if authorization else {},
            gate=GATE,
            door=LOGIN_DOOR,
            accept=(200, *REFUSALS),
        )


async def _problem(answer: Response) -> _Problem:
    try:
        return await answer.parsed(whole, _Problem, SERVICE)
    except Malformed:
        return _Problem()


async def _refused(answer: Response, code: Code, **of_code: str) -> Refused:
    refusal = await _problem(answer)
    text = (refusal.message or refusal.error)[:198] if refusal.error else ""
    problem = Problem(code, status=answer.status, text=text, **of_code)
    return Refused(problem, url=answer.url, status=answer.status)
