"""What Mastodon's servers send, read: malformed, null and unknown, and recorded answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from bot.errors import Malformed
from bot.models import Post
from bot.sources.mastodon.wire import next_page, parse_status, parse_timeline
from tests.shared_data import SHARED, needs
from tests.sources.helpers import NOW
from tests.sources.mastodon_bodies import PAPER, entry, timeline
from tests.words import raises_saying


def test_malformed_entries_are_named_with_their_field() -> None:
    page = parse_timeline(
        timeline(entry(), entry(created_at="soon"), entry(favourites_count=None), 5, entry(id=7)),
        "https://a.test",
        NOW,
    )
    assert len(page.posts) == 1
    assert page.rows == 5
    problems = [str(skipped) for skipped in page.skipped]
    assert "created_at" in problems[0]
    assert "entry 4" in problems[1]
    assert "$.id" in problems[2]
    assert "favourites_count is missing" in problems[3]


def test_null_and_unknown_fields_are_taken_calmly() -> None:
    page = parse_timeline(
        timeline(
            entry(url=None, card=None, reblog=None, quote={"state": "pending"}, invented=1),
            entry(uri="b", content=None, replies_count=None),
            entry(uri="tag:c", url="javascript:alert(1)", card={"url": PAPER, "x": []}),
        ),
        "https://a.test",
        NOW,
    )
    assert not page.skipped
    assert [(p.post_id, p.url) for p in page.posts if p.arxiv_ids] == [
        ("https://a.test/users/ada/statuses/7", "https://a.test/users/ada/statuses/7"),
        ("tag:c", "https://a.test/@ada/7"),
    ]
    assert page.newest == datetime(2021, 3, 30, 9, 0, tzinfo=UTC)


def test_a_paper_linked_twice_is_linked_once() -> None:
    content = f'<a href="{PAPER}">a</a><a href="https://arxiv.org/pdf/2103.15691">b</a>'
    [post] = parse_timeline(timeline(entry(content=content)), "https://a.test", NOW).posts
    assert post.arxiv_ids == ("2103.15691",)


@pytest.mark.parametrize("content", ["<![x", "<p", "<a href>x</a>", "&#xFFFFFF;", "<" * 40_000])
def test_no_text_is_too_odd_to_be_read(content: str) -> None:
    text = f'<a href="{PAPER}">x</a>{content}'
    [post] = parse_timeline(timeline(entry(content=text)), "https://a.test", NOW).posts
    assert post.arxiv_ids == ("2103.15691",)


@pytest.mark.parametrize("text", [b"", b"{}", b"<html>", b"\xff\xfe", b'{"error": "no"}'])
def test_a_body_of_another_shape_is_malformed(text: bytes) -> None:
    with raises_saying(Malformed, "Mastodon"):
        parse_timeline(text, "https://a.test", NOW)
    with raises_saying(Malformed, "Mastodon"):
        parse_status(text, "https://a.test", NOW)


OLDER, NEWER = "https://a.test/x?limit=40&max_id=12", "https://a.test/x?min_id=1"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f'<{OLDER}>; rel="next", <{NEWER}>; rel="prev"', "12"),
        (f'<{NEWER}>; rel="prev", <{OLDER}>; rel=next', "12"),
        (f'<{NEWER}>; rel="prev"', None),
        ('<https://a.test/x?page=2>; rel="next"', None),
        ("", None),
    ],
)
def test_the_next_page_is_in_the_link_header(link: str, expected: str | None) -> None:
    assert next_page(link) == expected


SAMPLES = SHARED / "samples" / "mastodon"


@needs(SAMPLES)
def test_recorded_answers_are_read_without_a_complaint() -> None:
    text = (SAMPLES / "mastodonpy_hashtag_tl.json").read_text(encoding="utf-8")
    [recorded] = json.loads(text)
    page = parse_timeline(msgspec.json.encode(recorded["body"]), "http://localhost:3000", NOW)
    assert (page.rows, page.skipped, [post.arxiv_ids for post in page.posts]) == (1, (), [()])
    assert next_page(recorded["headers"]["link"]) == recorded["body"][0]["id"]
    text = (SAMPLES / "mastodonpy_status_card.json").read_text(encoding="utf-8")
    body = json.loads(text)[1]["body"]
    body["card"]["url"] = PAPER
    post = parse_status(msgspec.json.encode(body), "http://localhost:3000", NOW)
    assert isinstance(post, Post)
    assert (post.arxiv_ids, post.likes) == (("2103.15691",), 0)
    assert replace(post, text=None).author == "mastodonpy_test@localhost:3000"
