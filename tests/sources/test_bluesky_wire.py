"""What Bluesky sends, read into posts."""

import csv
import json

import msgspec
import pytest

from bot.arxiv import ids
from bot.errors import Malformed
from bot.models import Network
from bot.sources.bluesky.wire import Deleted, may_matter, parse_frame, parse_views
from tests.services.bsky_posts import BskyPost, created, deleted, view
from tests.shared_data import SHARED, needs
from tests.sources.helpers import NOW, SINCE
from tests.sources.streams import PAPER, post
from tests.words import raises_saying

MIRROR = "https://www.alphaxiv.org/abs/2103.14653"


def body(*posts: BskyPost, **changes: object) -> bytes:
    known = {p.uri: p for p in posts}
    return msgspec.json.encode({"posts": [view(p, known) | changes for p in posts]})


def frame(made: BskyPost) -> str:
    return msgspec.json.encode(created(made, {})).decode()


def papers_of(*posts: BskyPost) -> list[tuple[str, ...]]:
    return [p.arxiv_ids for p in parse_views(body(*posts), NOW).posts]


def test_a_view_is_a_post_with_its_counts() -> None:
    made = post(likes=7, reposts=3, quotes=2, replies=1)
    [found] = parse_views(body(made), NOW).posts
    assert found.network is Network.BLUESKY
    assert found.post_id == made.uri
    assert (found.author, found.author_name, found.author_id) == ("ada.test", "Ada", made.did)
    assert (found.reposts, found.likes, found.replies) == (3, 7, 1)
    assert (found.posted_at, found.counted_at) == (made.at, NOW)


def test_links_are_taken_from_facets_and_cards_and_not_from_what_is_quoted() -> None:
    first = post(1)
    card = post(2, "", card="https://arxiv.org/pdf/2103.14653")
    quote, both = post(3, "", quote=first.uri), post(4, MIRROR, card=MIRROR, quote=first.uri)
    lost = post(5, "", quote="at://did:plc:x/app.bsky.feed.post/y")
    assert papers_of(first, card, quote, both, lost) == [
        ("2103.15691",), ("2103.14653",), (), ("2103.14653",), (),
    ]  # fmt: skip


def test_a_paper_named_in_the_text_counts() -> None:
    named, linked = post(1, "", text="See arXiv:2103.15691."), post(2, text="arXiv:2103.14653")
    assert papers_of(named, linked) == [("2103.15691",), ("2103.15691", "2103.14653")]


@pytest.mark.parametrize(
    "text",
    [
        "論文はこちらarxiv.org/abs/2103.14653",
        "論文：https://arxiv.org/abs/2103.14653。",
        "「https://arxiv.org/pdf/2103.14653v2」を読んだ",
        "（arxiv.org/abs/2103.14653）",
        "•https://arxiv.org/abs/2103.14653",
        "“https://arxiv.org/abs/2103.14653”",
        '"arxiv.org/abs/2103.14653"',
        "📄https://arxiv.org/abs/2103.14653🔥",
        "Paper:https://arxiv.org/abs/2103.14653…",
        "code and paper (alphaxiv.org/abs/2103.14653), both new",
        "doi:10.48550/arXiv.2103.14653",
    ],
)
def test_a_second_link_without_a_facet_counts(text: str) -> None:
    assert papers_of(post(text=text), post(link="", text=text)) == [
        ("2103.15691", "2103.14653"), ("2103.14653",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "link",
    [
        f"{PAPER}）を",
        f"{PAPER}…",
        f"{PAPER}」",
        f"{PAPER}.",
        f"{PAPER}?utm_source=bsky",
        f"{PAPER}#page=3",
    ],
)
def test_what_a_client_took_into_a_link_spoils_nothing(link: str) -> None:
    assert papers_of(post(link=link)) == [("2103.15691",)]


@pytest.mark.parametrize(
    "text",
    [
        "arxiv.org/abs/2103.1...",
        "www.arxiv.org/abs/2103.1465…",
        "vixra.org/abs/2103.0012 and notarxiv.org/abs/2103.14653",
        "2103.14653 without a word",
    ],
)
def test_what_is_cut_or_no_paper_links_nothing(text: str) -> None:
    assert papers_of(post(link="", text=text)) == [()]


OWN, OTHER = {"src": "did:plc:ada", "val": "bot"}, {"src": "did:plc:labeller", "val": "bot"}


@pytest.mark.parametrize(
    ("labels", "is_bot"),
    [
        ([OWN], True),
        ([{"src": "did:plc:ada", "val": "!no-unauthenticated"}, OWN], True),
        ([OWN | {"uri": "at://did:plc:ada/app.bsky.actor.profile/self", "cts": "x"}], True),
        ([OTHER], False),
        ([OWN | {"val": "robot"}], False),
        ([OWN, OWN | {"neg": True}], False),
        ([OWN | {"neg": None}], True),
        ([], False),
        (None, False),
        ([5], False),
        ("bot", False),
    ],
)
def test_an_account_is_a_bot_when_it_labels_itself_so(labels: object, is_bot: bool) -> None:
    author = {"did": "did:plc:ada", "handle": "ada.test", "labels": labels}
    [found] = parse_views(body(post(), author=author), NOW).posts
    assert found.is_bot is is_bot
    [found] = parse_views(body(post(), author={"did": "did:plc:ada"}), NOW).posts
    assert not found.is_bot


def test_a_paper_linked_five_ways_is_linked_once() -> None:
    links = (PAPER, "https://arxiv.org/pdf/2103.15691", "https://huggingface.co/papers/2103.15691")
    made = post(
        links=links, card="https://doi.org/10.48550/arXiv.2103.15691", text="arXiv:2103.15691"
    )
    assert papers_of(made) == [("2103.15691",)]


def test_what_is_quoted_may_be_of_any_shape() -> None:
    deep: object = {"record": {"record": {"record": {}}}}
    shapes: list[object] = [None, 5, [], deep, {"value": {"text": 1}}]
    for quoted in shapes:
        embed = {"$type": "app.bsky.embed.record#view", "record": quoted}
        [found] = parse_views(body(post(), embed=embed), NOW).posts
        assert found.arxiv_ids == ("2103.15691",)


def test_malformed_views_are_named_with_their_field() -> None:
    good, bad = view(post(1), {}), view(post(2), {})
    answer = {
        "posts": [good, bad | {"likeCount": "many"}, bad | {"likeCount": None}, {"uri": "at"}]
    }
    views = parse_views(msgspec.json.encode(answer), NOW)
    assert len(views.posts) == 1
    problems = [skipped.problem for skipped in views.skipped]
    assert "$.likeCount" in problems[0]
    assert "author" in problems[1]
    assert "likeCount" in problems[2]


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"<html>", b"\xff\xfe", b'{"posts": {}}'])
def test_a_body_of_another_shape_is_malformed(text: bytes) -> None:
    with raises_saying(Malformed, "Bluesky"):
        parse_views(text, NOW)


def test_a_date_that_its_author_invented_is_not_believed() -> None:
    record = {"text": "x", "createdAt": "2035-01-01T00:00:00Z"}
    dates = {"2035-01-01T00:00:00Z": SINCE, "2019-01-01": None, "soon": SINCE, "": SINCE}
    for date, expected in dates.items():
        [found] = parse_views(
            body(post(0), record=record | {"createdAt": date}, indexedAt=SINCE.isoformat()), NOW
        ).posts
        assert found.posted_at == (expected or found.posted_at)
        assert found.posted_at <= SINCE


def test_a_frame_of_a_new_post_has_no_likes_yet() -> None:
    made = post(1, "", card=PAPER)
    found = parse_frame(frame(made))
    assert not isinstance(found, Deleted)
    assert found is not None
    assert (found.post_id, found.arxiv_ids) == (made.uri, ("2103.15691",))
    assert (found.likes, found.reposts, found.counted_at) == (0, 0, made.at)


def test_frames_that_are_no_posts_with_papers_are_nothing() -> None:
    account = '{"did":"did:plc:x","time_us":1617076800000000,"kind":"account","account":{}}'
    other = json.loads(frame(post()))
    other["commit"]["collection"] = "app.bsky.feed.like"
    for text in (frame(post(link="https://example.org")), account, json.dumps(other)):
        assert parse_frame(text) is None


def test_a_deletion_names_the_post() -> None:
    made = post()
    text = json.dumps(deleted(made, made.time_us), separators=(",", ":"))
    assert may_matter(text)
    assert parse_frame(text) == Deleted(made.uri)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"did":1}', '{"did":"a","time_us":1e40}']
)
def test_a_frame_of_another_shape_is_malformed(text: str) -> None:
    with raises_saying(Malformed, "Jetstream"):
        parse_frame(text)


FORMS = [
    PAPER, MIRROR, "https://arXiv.org/abs/2103.15691", "https://ar5iv.org/abs/2103.15691",
    "https://huggingface.co/papers/2103.15691", "https://hf.co/papers/2103.15691",
    "https://doi.org/10.48550/arXiv.2103.15691", "https://xxx.lanl.gov/abs/hep-th/9901001",
    "https://www.emergentmind.com/papers/2103.15691",
]  # fmt: skip


@pytest.mark.parametrize("link", FORMS)
def test_no_link_to_a_paper_is_thrown_away_undecoded(link: str) -> None:
    assert ids.find(link)
    assert may_matter(frame(post(link=link)))
    assert may_matter(frame(post(link="", card=link)))


def test_other_frames_are_thrown_away_undecoded() -> None:
    assert not may_matter(frame(post(link="https://example.org/abs/2103.15691")))
    assert not may_matter(frame(post(link="", text='They said "delete" and deleted it.')))


@needs(SHARED)
def test_no_known_form_of_a_link_is_thrown_away_undecoded() -> None:
    with (SHARED / "truth" / "id_forms.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file) if row["ids"]]
    links = [text for text in texts if "://" in text and ids.find(text)]
    assert len(links) > 10
    assert [link for link in links if not may_matter(frame(post(link=link)))] == []


@needs(SHARED)
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("bskymcp_post_embed_external.json", [(0, 0)]),
        ("bskymcp_post_plain.json", [(0, 1)]),
        ("searchPosts.json", None),
    ],
)
def test_recorded_views_are_read_without_a_complaint(
    name: str, counts: list[tuple[int, int]] | None
) -> None:
    recorded = json.loads((SHARED / "samples" / "bluesky" / name).read_text(encoding="utf-8"))
    posts = recorded.get("posts") or [recorded["post"]]
    views = parse_views(msgspec.json.encode({"posts": posts}), NOW)
    assert views.skipped == ()
    assert len(views.posts) == len(posts)
    assert counts in (None, [(post.reposts, post.likes) for post in views.posts])


def test_a_frame_of_an_edit_says_what_is_linked_now() -> None:
    edited = json.loads(json.dumps(created(post(1, MIRROR), {})))
    edited["commit"]["operation"] = "update"
    found = parse_frame(json.dumps(edited))
    assert not isinstance(found, Deleted)
    assert found is not None
    assert found.arxiv_ids == ("2103.14653",)
