"""The double of X answers what X's own OpenAPI files describe."""

import aiohttp
import pytest

from tests.services.test_xd import RECENT, ask, post, service
from tests.services.x_openapi import FOLDER, load_spec, validate_answer, validate_request
from tests.services.x_posts import POST, TWEET, Vocabulary
from tests.shared_data import needs

pytestmark = needs(FOLDER)
EDITIONS = [pytest.param(TWEET, "2.159", id="2.159"), pytest.param(POST, "2.167", id="2.167")]


@pytest.mark.parametrize(("names", "version"), EDITIONS)
async def test_answers_are_valid(
    session: aiohttp.ClientSession, names: Vocabulary, version: str
) -> None:
    spec = load_spec(version)
    quoted = post(1, likes=3, text="long " * 90, long=True)
    quoting = post(2, quote_of=quoted.id)
    references = "referenced_posts" if names is POST else "referenced_tweets.id"
    shown = {
        f"{names.resource}_fields": ",".join(sorted({"public_metrics", "entities", names.note})),
        "expansions": f"author_id,{references}",
    }
    async with service(quoted, quoting, names=names) as x:
        for path, status, query in [
            (RECENT, 200, {"query": 'url:"arxiv.org"', **shown}),
            (RECENT, 400, {"query": "min_faves:1"}),
            ("/2/tweets", 200, {"ids": f"{quoted.id},{quoting.id},42", **shown}),
            ("/2/tweets/counts/recent", 200, {"query": 'url:"arxiv.org"'}),
            ("/2/usage/tweets", 200, {}),
        ]:
            body = await ask(session, x, path, status, **query)
            assert validate_answer(path, status, body, spec) == []


@pytest.mark.parametrize(("names", "version"), EDITIONS)
def test_fields_are_those_of_the_file(names: Vocabulary, version: str) -> None:
    spec = load_spec(version)
    name = "PostFieldsParameter" if names is POST else "TweetFieldsParameter"
    listed = spec["components"]["parameters"][name]["schema"]["items"]["enum"]
    assert names.fields == set(listed)


def test_requests_are_checked() -> None:
    spec = load_spec("2.159")
    right = {"query": "x", "max_results": "10", "tweet.fields": "id,text"}
    assert validate_request("GET", RECENT, right, spec) == []
    wrong = {
        "max_results": "5",
        "tweet.fields": "id,shoe_size",
        "start_time": "today",
        "limit": "3",
    }
    problems = validate_request("GET", RECENT, wrong, spec)
    assert [problem.split(" ")[0].rstrip(":") for problem in problems] == [
        "limit",
        "query",
        "max_results",
        "tweet.fields",
        "start_time",
    ]
    assert validate_request("POST", "/2/nothing", {}, spec) == ["there is no POST /2/nothing"]
