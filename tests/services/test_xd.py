"""The double of X: what it finds, pages, refuses and charges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.clock import ManualClock
from tests.factories import made
from tests.services.x_posts import POST, TWEET, Vocabulary, XPost, snowflake
from tests.services.xd import XD

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.00001"
RECENT, ALL = "/2/tweets/search/recent", "/2/tweets/search/all"


def post(n: int, url: str = PAPER, hours: float = 1, **more: object) -> XPost:
    at = NOW - timedelta(hours=hours)
    return made(XPost, {"id": snowflake(at, n), "at": at, "urls": (url,) if url else (), **more})


def service(*posts: XPost, names: Vocabulary = TWEET) -> XD:
    return XD(posts, ManualClock(NOW), names)


async def ask(
    session: aiohttp.ClientSession, x: XD, path: str, expect: int = 200, **query: str
) -> dict[str, Any]:
    named = {name.replace("_fields", ".fields"): value for name, value in query.items()}
    headers = {"Authorization": f"Bearer {x.token}"}
    async with session.get(x.url + path, params=named, headers=headers) as answer:
        body: dict[str, Any] = await answer.json()
        assert answer.status == expect, body
        return body


async def found(session: aiohttp.ClientSession, x: XD, query: str) -> list[int]:
    body = await ask(session, x, RECENT, query=query, max_results="100")
    return [int(row["id"]) for row in body.get("data", [])]


async def test_addresses_are_matched_by_their_tokens(session: aiohttp.ClientSession) -> None:
    direct, pdf = post(1), post(2, "https://arxiv.org/pdf/2611.00001v3")
    mirror = post(3, "https://www.alphaxiv.org/abs/2611.00001")
    other = post(4, "https://arxiv.org/abs/2611.000012")
    spoken = post(5, "", text="arxiv.org is down, says 2611.00001")
    async with service(direct, pdf, mirror, other, spoken) as x:
        by_id = await found(session, x, 'url:"2611.00001"')
        x.strict_tokens = True
        assert await found(session, x, 'url:"2611.00001"') == [mirror.id, direct.id]
        by_host = await found(session, x, 'url:"arxiv.org" OR url:"alphaxiv.org"')
        by_word = await found(session, x, "arxiv.org")
    assert by_id == [mirror.id, pdf.id, direct.id]
    assert by_host == [other.id, mirror.id, pdf.id, direct.id]
    assert by_word == [spoken.id]


async def test_operators_combine(session: aiohttp.ClientSession) -> None:
    liked, reposted = post(1, likes=10), post(2, reposts=5)
    quiet, quote = post(3, likes=9, reposts=4), post(4, likes=50, quote_of=1, lang="de")
    broad = '(url:"arxiv.org" OR url:"alphaxiv.org") -is:retweet'
    async with service(liked, reposted, quiet, quote) as x:
        strong = await found(session, x, f"{broad} (min_likes:10 OR min_reposts:5)")
        german = await found(session, x, f"{broad} is:quote lang:de")
        assert len(await found(session, x, broad)) == 4
    assert strong == [quote.id, reposted.id, liked.id]
    assert german == [quote.id]


@pytest.mark.parametrize(
    "query",
    [
        'url:"arxiv.org" min_faves:10',
        'url:"arxiv.org" min_retweets:10',
        "-is:retweet min_likes:10",
        'url:"arxiv.org" OR lang:en',
        '(url:"arxiv.org"',
        'url:"arxiv.org" -(lang:en)',
        'url:"arxiv.org" min_likes:many',
        "x" * 513,
    ],
)
async def test_queries_that_x_does_not_take(session: aiohttp.ClientSession, query: str) -> None:
    async with service(post(1)) as x:
        body = await ask(session, x, RECENT, 400, query=query)
        assert x.ledger.dollars == 0
    assert body["title"] == "Invalid Request"
    assert body["errors"][0]["parameters"] == {"query": [query]}


async def test_the_archive_takes_longer_queries_and_older_posts(
    session: aiohttp.ClientSession,
) -> None:
    ids = " OR ".join(f'url:"2611.{n:05d}"' for n in range(1, 40))
    old = (NOW - timedelta(days=8)).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with service(post(1), post(2, hours=190)) as x:
        await ask(session, x, RECENT, 400, query=ids)
        await ask(session, x, RECENT, 400, query='url:"arxiv.org"', start_time=old)
        body = await ask(session, x, ALL, query=ids, start_time=old, max_results="500")
        await ask(session, x, ALL, 400, query=f"{ids} {ids}")
    assert body["meta"]["result_count"] == 2


async def test_bounds_of_times_and_pages(session: aiohttp.ClientSession) -> None:
    fresh = XPost(id=snowflake(NOW), at=NOW - timedelta(seconds=20), urls=(PAPER,))
    first, second = post(1, hours=3), post(2, hours=2)
    q = 'url:"arxiv.org"'
    async with service(fresh, first, second) as x:
        assert await found(session, x, q) == [second.id, first.id]
        since = await ask(session, x, RECENT, query=q, since_id=str(first.id))
        until = await ask(session, x, RECENT, query=q, until_id=str(second.id))
        for wrong in (
            {"max_results": "9"},
            {"max_results": "101"},
            {"end_time": "2026-11-18T11:59:55Z"},
            {"start_time": "yesterday"},
            {"next_token": "b26v89c0"},
            {"limit": "10"},
        ):
            await ask(session, x, RECENT, 400, query=q, **wrong)
    assert [row["id"] for row in since["data"]] == [str(second.id)]
    assert [row["id"] for row in until["data"]] == [str(first.id)]


async def test_pages_run_from_newest_to_oldest_and_repeat(session: aiohttp.ClientSession) -> None:
    posts = [post(n) for n in range(25)]
    q = 'url:"arxiv.org"'
    async with service(*posts) as x:
        first = await ask(session, x, RECENT, query=q)
        token = first["meta"]["next_token"]
        second = await ask(session, x, RECENT, query=q, next_token=token)
        x.add(post(99, hours=0.5))
        assert await ask(session, x, RECENT, query=q, next_token=token) == second
        last = await ask(session, x, RECENT, query=q, next_token=second["meta"]["next_token"])
        await ask(session, x, RECENT, 400, query='url:"other"', next_token=token)
    ids = [row["id"] for page in (first, second, last) for row in page["data"]]
    assert ids == [str(p.id) for p in reversed(posts)]
    assert "next_token" not in last["meta"]
    assert first["meta"]["newest_id"] == ids[0]


async def test_an_empty_result_has_no_data(session: aiohttp.ClientSession) -> None:
    async with service() as x:
        body = await ask(session, x, RECENT, query='url:"arxiv.org"')
        assert x.ledger.dollars == 0
    assert body == {"meta": {"result_count": 0}}


async def test_fields_come_only_when_asked_for(session: aiohttp.ClientSession) -> None:
    async with service(post(1, likes=7, reposts=3)) as x:
        bare = await ask(session, x, RECENT, query='url:"arxiv.org"')
        full = await ask(
            session,
            x,
            RECENT,
            query='url:"arxiv.org"',
            tweet_fields="public_metrics,entities,author_id,created_at,note_tweet",
        )
    row = full["data"][0]
    assert set(bare["data"][0]) == {"id", "text", "edit_history_tweet_ids"}
    assert "includes" not in full
    assert row["public_metrics"]["retweet_count"] == 3
    assert row["public_metrics"]["like_count"] == 7
    assert row["created_at"] == "2026-11-18T11:00:00.000Z"
    link = row["entities"]["urls"][0]
    assert link["expanded_url"] == PAPER
    assert row["text"][link["start"] : link["end"]] == link["url"]


async def test_the_newer_edition_has_other_names(session: aiohttp.ClientSession) -> None:
    long = post(1, text="word " * 80, long=True, reposts=3)
    async with service(long, names=POST) as x:
        body = await ask(
            session,
            x,
            RECENT,
            query='url:"arxiv.org"',
            post_fields="public_metrics,note_post",
            expansions="author_id",
        )
        counted = await ask(session, x, "/2/tweets/counts/recent", query='url:"arxiv.org"')
        await ask(session, x, RECENT, 400, query="x", tweet_fields="public_metrics")
        await ask(session, x, RECENT, 400, query="x", post_fields="author_id")
    row = body["data"][0]
    assert row["edit_history_post_ids"] == [str(long.id)]
    assert row["public_metrics"]["repost_count"] == 3
    assert row["note_post"]["entities"]["urls"][0]["expanded_url"] == PAPER
    assert len(row["text"]) == 280
    assert row["author_id"] == body["includes"]["users"][0]["id"]
    assert counted["meta"] == {"total_post_count": 1}
    async with service(long) as older:
        await ask(session, older, RECENT, 400, query="x", post_fields="public_metrics")


async def test_reposts_carry_the_originals_count_and_no_likes(
    session: aiohttp.ClientSession,
) -> None:
    original = post(1, likes=40, reposts=22)
    repost = post(2, "", repost_of=original.id, author="boficta")
    q, fields = 'url:"arxiv.org"', "public_metrics,referenced_tweets"
    async with service(original, repost) as x:
        assert await found(session, x, q) == [original.id]
        x.old_index = True
        body = await ask(
            session, x, RECENT, query=q, tweet_fields=fields, expansions="referenced_tweets.id"
        )
        assert await found(session, x, f"{q} -is:retweet") == [original.id]
    shown = body["data"][0]
    assert shown["referenced_tweets"] == [{"type": "retweeted", "id": str(original.id)}]
    assert shown["text"].startswith("RT @adainventa: ")
    assert (shown["public_metrics"]["retweet_count"], shown["public_metrics"]["like_count"]) == (
        22,
        0,
    )
    assert body["includes"]["tweets"][0]["public_metrics"]["like_count"] == 40


async def test_edits_are_posts_with_one_history(session: aiohttp.ClientSession) -> None:
    first, second = post(1, hours=2), post(2, hours=1.9)
    first.history = second.history = (first.id, second.id)
    async with service(first, second) as x:
        body = await ask(session, x, RECENT, query='url:"arxiv.org"')
    chain = [str(first.id), str(second.id)]
    assert [row["edit_history_tweet_ids"] for row in body["data"]] == [chain, chain]


async def test_a_lookup_names_what_it_cannot_show(session: aiohttp.ClientSession) -> None:
    here, secret = post(1), post(2, state="protected")
    gone = post(3, state="gone")
    async with service(here, secret, gone) as x:
        ids = f"{here.id},{secret.id},{gone.id},42"
        body = await ask(session, x, "/2/tweets", ids=ids)
        nothing = await ask(session, x, "/2/tweets", ids="42")
        await ask(session, x, "/2/tweets", 400, ids=",".join(str(n) for n in range(101)))
        await ask(session, x, "/2/tweets", 400, ids="abc")
    assert [row["id"] for row in body["data"]] == [str(here.id)]
    assert [error["title"] for error in body["errors"]] == [
        "Authorization Error",
        "Not Found Error",
        "Not Found Error",
    ]
    assert "data" not in nothing


async def test_counts_fall_into_buckets(session: aiohttp.ClientSession) -> None:
    async with service(post(1, hours=1), post(2, hours=1.2), post(3, hours=30)) as x:
        q = 'url:"arxiv.org"'
        body = await ask(session, x, "/2/tweets/counts/recent", query=q, granularity="day")
        await ask(session, x, "/2/tweets/counts/recent", 400, query=q, granularity="week")
        assert x.ledger.dollars == pytest.approx(0.005)
    assert [bucket["tweet_count"] for bucket in body["data"]] == [0, 0, 0, 0, 0, 1, 2]
    assert body["meta"]["total_tweet_count"] == 3
