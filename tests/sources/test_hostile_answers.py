"""Whatever a service sends, reading it ends in values or in Malformed."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Malformed
from bot.sources import hackernews, huggingface
from bot.sources.x.oembed import parse_oembed
from bot.sources.x.wire import parse_posts, parse_refusal, parse_total
from tests.sources.helpers import NOW
from tests.sources.x_helpers import PAPER

ANY_VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
    | st.sampled_from([PAPER, "2103.15691", "0001-01-01T00:00:00+14:00", "12", 10**30, 1617102000]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def shaped(*names: str) -> st.SearchStrategy[dict[str, object]]:
    """Objects with these fields and anything in them."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, ANY_VALUE))


COUNTS = shaped("like_count", "retweet_count", "repost_count") | st.just(
    {"like_count": 3, "retweet_count": 4}
)
TWEETS = st.builds(
    lambda entry, metrics: {"id": "12", "public_metrics": metrics} | entry,
    shaped("id", "text", "created_at", "entities", "note_tweet", "referenced_posts", "author_id",
           "edit_history_tweet_ids"),
    COUNTS,
)  # fmt: skip
HITS = st.builds(
    lambda entry: {"objectID": "12", "url": PAPER, "points": 3, "created_at_i": 5} | entry,
    shaped("objectID", "url", "points", "created_at_i", "author", "title", "num_comments"),
)
PAPERS = st.builds(
    lambda entry: {"id": "2103.15691", "upvotes": 3} | entry,
    shaped("id", "upvotes", "publishedAt", "submittedOnDailyAt", "submittedOnDailyBy", "title"),
)
X_ANSWERS = st.fixed_dictionaries(
    {"data": st.lists(TWEETS, max_size=3)},
    optional={"meta": ANY_VALUE, "errors": ANY_VALUE, "includes": ANY_VALUE},
)
HN_ANSWERS = st.fixed_dictionaries({"hits": st.lists(HITS, max_size=3), "nbHits": st.just(3)})
HF_ANSWERS = st.lists(st.fixed_dictionaries({"paper": PAPERS}, optional={"upvotes": ANY_VALUE}))
PROBLEMS = shaped("title", "detail", "type", "errors", "message")


def calmly(parse: Callable[[], object]) -> None:
    try:
        parse()
        said = "it was read"
    except Malformed as error:
        said = str(error)
    assert said


@given(X_ANSWERS | ANY_VALUE)
def test_x(answer: object) -> None:
    body = json.dumps(answer).encode()
    calmly(lambda: parse_posts(body, NOW))
    calmly(lambda: parse_total(body))


@given(HN_ANSWERS | ANY_VALUE)
def test_hacker_news(answer: object) -> None:
    calmly(lambda: hackernews.parse_search(json.dumps(answer).encode(), NOW))


@given(HF_ANSWERS | PAPERS | ANY_VALUE)
def test_hugging_face(answer: object) -> None:
    calmly(lambda: huggingface.parse_daily(json.dumps(answer).encode(), NOW))
    calmly(lambda: huggingface.parse_paper(json.dumps(answer).encode()))


@given(shaped("html", "author_name", "author_url") | ANY_VALUE)
def test_oembed(answer: object) -> None:
    calmly(lambda: parse_oembed(json.dumps(answer).encode()))


@given(st.sampled_from([400, 402, 403, 429]), PROBLEMS | ANY_VALUE)
def test_refusals_are_always_told_in_one_line(status: int, answer: object) -> None:
    _, said = parse_refusal(status, json.dumps(answer).encode())
    assert "\n" not in said


@pytest.mark.parametrize(
    "parse",
    [
        lambda body: parse_posts(body, NOW),
        lambda body: hackernews.parse_search(body, NOW),
        lambda body: huggingface.parse_daily(body, NOW),
        huggingface.parse_paper,
        parse_oembed,
        parse_total,
    ],
)
@given(body=st.binary(max_size=60))
def test_bytes(parse: Callable[[bytes], object], body: bytes) -> None:
    calmly(lambda: parse(body))
