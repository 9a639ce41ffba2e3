"""The double of X: keys, limits, money, recorded pages, oEmbed."""

from datetime import timedelta

import aiohttp
import pytest

from bot.clock import ManualClock
from tests.services.test_xd import NOW, RECENT, ask, post, service
from tests.services.x_posts import Json

Q = 'url:"arxiv.org"'


async def test_a_wrong_token(session: aiohttp.ClientSession) -> None:
    async with service() as x, session.get(f"{x.url}{RECENT}?query=x") as answer:
        assert answer.status == 401
        assert (await answer.json())["title"] == "Unauthorized"


async def test_windows_of_fifteen_minutes(session: aiohttp.ClientSession) -> None:
    async with service(post(1)) as x:
        assert isinstance(x.clock, ManualClock)
        x.windows.limits[RECENT] = 2
        headers = {"Authorization": f"Bearer {x.token}"}
        got = [
            await session.get(f"{x.url}{RECENT}", params={"query": Q}, headers=headers)
            for _ in range(3)
        ]
        x.limit_body = "code 88"
        body = await ask(session, x, RECENT, 429, query=Q)
        x.clock.advance(timedelta(minutes=15))
        await ask(session, x, RECENT, query=Q)
    assert [r.status for r in got] == [200, 200, 429]
    assert [r.headers["x-rate-limit-remaining"] for r in got] == ["1", "0", "0"]
    assert got[2].headers["x-rate-limit-limit"] == "2"
    reset = int((NOW + timedelta(minutes=15)).timestamp())
    assert got[2].headers["x-rate-limit-reset"] == str(reset)
    assert (await got[2].json())["status"] == 429
    assert body["errors"][0]["code"] == 88


async def test_a_post_costs_once_a_day(session: aiohttp.ClientSession) -> None:
    both = post(1), post(2)
    async with service(*both) as x:
        assert isinstance(x.clock, ManualClock)
        for _ in range(2):
            await ask(session, x, RECENT, query=Q)
        await ask(session, x, "/2/tweets", ids=str(both[0].id))
        assert x.ledger.dollars == pytest.approx(0.010)
        assert x.ledger.read_again() == [str(p.id) for p in reversed(both)]
        x.clock.advance(timedelta(hours=12))
        await ask(session, x, "/2/tweets", ids=str(both[0].id))
        assert x.ledger.dollars == pytest.approx(0.015)
        used = await ask(session, x, "/2/usage/tweets", days="2")
        x.ledger.bill_users = True
        await ask(session, x, RECENT, query=Q, expansions="author_id")
        assert x.ledger.dollars == pytest.approx(0.030)
    days = used["data"]["daily_project_usage"]["usage"]
    assert [(day["date"][:10], day["usage"]) for day in days] == [
        ("2026-11-19", 1),
        ("2026-11-18", 2),
    ]
    assert used["data"]["project_usage"] == 3


async def test_caps_and_credits_end_it(session: aiohttp.ClientSession) -> None:
    async with service(post(1)) as x:
        x.cap = 1
        await ask(session, x, RECENT, query=Q)
        capped = await ask(session, x, RECENT, 429, query=Q)
        await ask(session, x, "/2/tweets/counts/recent", query=Q)
        x.credits = 0.01
        broke = await ask(session, x, RECENT, 402, query=Q)
        x.credit_status = 403
        await ask(session, x, "/2/tweets", 403, ids="1")
        await ask(session, x, "/2/usage/tweets")
    assert capped["type"].endswith("usage-capped")
    assert broke["title"] == "CreditsDepleted"


async def test_errors_can_come_with_a_good_answer(session: aiohttp.ClientSession) -> None:
    async with service(post(1)) as x:
        x.partial_errors = [{"title": "Field Hydration Failure", "type": "about:blank"}]
        body = await ask(session, x, RECENT, query=Q)
    assert len(body["data"]) == 1
    assert body["errors"] == x.partial_errors


async def test_recorded_pages_are_served_as_they_are(session: aiohttp.ClientSession) -> None:
    first: Json = {
        "data": [{"id": "2", "odd": True}],
        "meta": {"next_token": "old", "result_count": 1},
    }
    second: Json = {"data": [{"id": "1"}], "includes": {"users": []}, "meta": {"next_token": "old"}}
    async with service() as x:
        x.pages = [first, second]
        one = await ask(session, x, RECENT, query=Q)
        two = await ask(session, x, RECENT, query=Q, next_token=one["meta"]["next_token"])
        again = await ask(session, x, "/2/tweets", ids="1,9")
    assert one["data"] == first["data"]
    assert two == {"data": second["data"], "includes": {"users": []}, "meta": {}}
    assert (again["data"], len(again["errors"])) == ([{"id": "1"}], 1)


async def test_oembed_is_free_and_knows_what_is_gone(session: aiohttp.ClientSession) -> None:
    here, secret, gone = post(1), post(2, state="protected"), post(3, state="gone")
    async with service(here, secret, gone) as x:
        query = "omit_script=1&dnt=true"
        address = "https://x.com/adainventa/status"
        got = [
            await session.get(f"{x.url}/oembed?url={address}/{p.id}&{query}")
            for p in (here, secret, gone)
        ]
        body = await got[0].json()
        assert x.ledger.dollars == 0
    assert [r.status for r in got] == [200, 403, 404]
    assert body["author_name"] == "Adainventa"
    assert "An invented remark." in body["html"]
    assert "<script" not in body["html"]
