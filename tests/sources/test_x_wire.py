"""X's answers, read: recorded pages and the two vocabularies. And the queries."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from bot.clock import ManualClock
from bot.errors import Malformed
from bot.http import Http
from bot.sources.x.query import ANY, Floor, broad
from bot.sources.x.wire import Refusal, parse_posts, parse_refusal, parse_total
from tests.services.x_posts import XPost
from tests.services.x_query import compiled
from tests.services.xd import XD
from tests.shared_data import SHARED, needs
from tests.sources.helpers import NOW, wanted
from tests.sources.x_helpers import PAPER, x_source
from tests.words import raises_saying

SAMPLES = SHARED / "samples" / "x"


def recorded() -> Iterator[dict[str, object]]:
    for path in sorted(SAMPLES.glob("twarc_*.jsonl")):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


@needs(SAMPLES)
async def test_recorded_pages_give_the_true_sums(xd: XD, http: Http, clock: ManualClock) -> None:
    """Each post is made to link a paper; only originals may then give it their counts."""
    truth = {}
    for page in recorded():
        posts = page["data"]
        assert isinstance(posts, list)
        for post in posts:
            post["entities"] = {"urls": [{"start": 0, "end": 1, "expanded_url": PAPER}]}
            kinds = [r["type"] for r in post.get("referenced_tweets", ())]
            if "retweeted" not in kinds:
                metrics = post["public_metrics"]
                truth[post["id"]] = (metrics["retweet_count"], metrics["like_count"])
        xd.pages.append(page)
    found = await x_source(xd, http, clock).collect(wanted())
    assert {p.post_id: (p.reposts, p.likes) for p in found.posts} == truth
    assert sum(p.interest for p in found.posts) == sum(map(sum, truth.values())) > 0


@needs(SAMPLES)
def test_generated_answers_of_xs_own_simulator_are_read() -> None:
    text = (SAMPLES / "playground_tweets_search_recent.json").read_text(encoding="utf-8")
    for answer in json.loads(text):
        page = parse_posts(msgspec.json.encode(answer["response"]), NOW)
        assert len(page.read) == len({post["id"] for post in answer["response"]["data"]})
        assert not page.skipped
    counts = json.loads((SAMPLES / "playground_tweets_counts_recent.json").read_text())
    assert parse_total(msgspec.json.encode(counts[0]["response"])) == 178


def post(**changes: object) -> dict[str, object]:
    return {
        "id": "1377000000000000000",
        "text": "look",
        "author_id": "7",
        "public_metrics": {"like_count": 5, "retweet_count": 7, "reply_count": 2},
        "entities": {"urls": [{"expanded_url": PAPER}]},
    } | changes


def read(*posts: dict[str, object], **more: object) -> list[tuple[str, int, tuple[str, ...]]]:
    page = parse_posts(msgspec.json.encode({"data": posts, **more}), NOW)
    return [(p.post_id, p.reposts, p.arxiv_ids) for p in page.posts]


def test_a_hundred_repost_objects_of_one_post_add_nothing_to_it() -> None:
    reposts = [
        post(
            id=str(100 + n),
            public_metrics={"like_count": 0, "retweet_count": 100},
            referenced_tweets=[{"type": "retweeted", "id": "1377000000000000000"}],
        )
        for n in range(100)
    ]
    assert read(post(), *reposts) == read(post())


def test_a_repost_object_without_references_is_known_by_its_text() -> None:
    metrics = {"like_count": 0, "repost_count": 40}
    assert read(post(text="RT @somebody: look", public_metrics=metrics)) == []
    liked = {"like_count": 3, "repost_count": 40}
    assert len(read(post(text="RT @somebody: by hand", public_metrics=liked))) == 1
    quote = [{"type": "quoted", "id": "5"}]
    assert len(read(post(text="RT @a: b", public_metrics=metrics, referenced_posts=quote))) == 1


def test_users_give_a_handle_where_they_come() -> None:
    users = {"users": [{"id": "7", "username": "adainventa", "name": "Ada"}, {"name": 5}]}
    page = parse_posts(msgspec.json.encode({"data": [post()], "includes": users}), NOW)
    [found] = page.posts
    assert (found.author, found.author_name) == ("adainventa", "Ada")
    assert found.url == "https://x.com/adainventa/status/1377000000000000000"


def test_the_time_of_a_post_without_one_stands_in_its_id() -> None:
    page = parse_posts(msgspec.json.encode({"data": [post(id="1376967722721984512")]}), NOW)
    assert page.posts[0].posted_at.replace(microsecond=0) == datetime(
        2021, 3, 30, 18, 41, 2, tzinfo=UTC
    )


@pytest.mark.parametrize("name", ["note_tweet", "note_post"])
def test_a_long_post_has_links_and_text_in_its_note(name: str) -> None:
    other = "https://arxiv.org/abs/2103.14653"
    note = {"text": "all of it", "entities": {"urls": [{"unwound_url": other}]}}
    page = parse_posts(msgspec.json.encode({"data": [post(**{name: note})]}), NOW)
    assert page.posts[0].arxiv_ids == ("2103.15691", "2103.14653")
    assert page.posts[0].text == "all of it"


SHORT = "https://t.co/AbC123xyz0"


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            f"2103.14653v1 [{SHORT}] An Invented Title",
            [{"url": SHORT, "expanded_url": "http://cs.CV"}],
        ),
        (f"2103.14653v2 [{SHORT}]", [{"url": SHORT, "expanded_url": "https://cs.CL/"}]),
        (
            f"2103.14653 [{SHORT}] An Invented Title",
            [{"url": SHORT, "expanded_url": "http://cs.RO"}],
        ),
        (f"2103.14653v1 [{SHORT}]", []),
        (f"New: 2103.14653v12  [{SHORT}] 29 Mar 2021", [{"expanded_url": "http://cs.AI"}]),
        ("2103.14653v1 [stat.ML]", []),
        ("arXiv:2103.14653", []),
    ],
)
@pytest.mark.parametrize("links", [[], [{"expanded_url": PAPER}]])
def test_the_stamp_of_a_paper_counts_though_x_makes_a_link_of_its_category(
    text: str, urls: list[object], links: list[object]
) -> None:
    first = ("2103.15691",) if links else ()
    found = read(post(text=text, entities={"urls": [*links, *urls]}))
    assert [papers for _, _, papers in found] == [(*first, "2103.14653")]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (f"costs 2103.14653 [{SHORT}]", [{"url": SHORT, "expanded_url": "https://example.org"}]),
        (f"12103.14653v1 [{SHORT}]", []),
        (f"example.org/2103.14653v1 [{SHORT}]", []),
        (f"2103.14653 {SHORT}", [{"url": SHORT, "expanded_url": "http://cs.CV"}]),
    ],
)
def test_a_number_before_another_link_is_no_stamp(text: str, urls: list[object]) -> None:
    assert read(post(text=text, entities={"urls": urls})) == [("1377000000000000000", 7, ())]


def test_null_fields_are_as_good_as_none() -> None:
    nulls = dict.fromkeys(
        ("author_id", "note_tweet", "referenced_tweets", "edit_history_tweet_ids", "text"), None
    )
    assert read(post(**nulls)) == [("1377000000000000000", 7, ("2103.15691",))]


@pytest.mark.parametrize("text", [b'{"meta":{"result_count":0}}', b'{"data":[],"errors":[]}'])
def test_an_empty_answer_may_come_without_data(text: bytes) -> None:
    assert parse_posts(text, NOW).posts == ()


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"<html>", b"\xff\xfe", b'{"a":' * 3000])
def test_a_body_of_another_shape_is_malformed(text: bytes) -> None:
    with raises_saying(Malformed, r"^X (sent|answered)"):
        parse_posts(text, NOW)
    with raises_saying(Malformed, r"^X (sent|answered)"):
        parse_total(text)


def test_totals_are_read_in_both_vocabularies() -> None:
    assert parse_total(b'{"meta":{"total_tweet_count":12}}') == 12
    assert parse_total(b'{"meta":{"total_post_count":0}}') == 0


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, b'{"type":"https://api.twitter.com/2/problems/usage-capped"}', Refusal.CAPPED),
        (429, b'{"title":"UsageCapExceeded","period":"Monthly"}', Refusal.CAPPED),
        (429, b'{"errors":[{"code":88,"message":"Rate limit exceeded"}]}', Refusal.WAIT),
        (429, b'{"title":"Too Many Requests","type":"about:blank"}', Refusal.WAIT),
        (429, b"<html>", Refusal.WAIT),
        (402, b"", Refusal.NO_CREDIT),
        (403, b'{"title":"Forbidden","detail":"not enrolled"}', Refusal.OTHER),
        (403, b'{"detail":"Your account does not have any credits."}', Refusal.NO_CREDIT),
        (403, b"\xff", Refusal.OTHER),
    ],
)
def test_what_a_refusal_means(status: int, body: bytes, kind: Refusal) -> None:
    assert parse_refusal(status, body)[0] is kind


def test_the_default_query_is_one_that_x_takes() -> None:
    text = broad(Floor(10, 5))
    assert len(text) <= 512  # characters of a recent search on pay-per-use
    loud = XPost(id=1, at=NOW, urls=(PAPER,), likes=10)
    shared = XPost(id=1, at=NOW, urls=("https://huggingface.co/papers/2103.15691",), reposts=5)
    quiet = XPost(id=1, at=NOW, urls=(PAPER,), likes=9, reposts=4)
    repost = XPost(id=1, at=NOW, urls=(PAPER,), reposts=90, repost_of=5)
    assert [compiled(text)(p) for p in (loud, shared, quiet, repost)] == [True, True, False, False]
    assert compiled(broad(ANY))(quiet)
