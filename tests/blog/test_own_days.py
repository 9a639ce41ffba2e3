"""Our own days in the blog's form: written, read again, and as a reader of Markdown shows them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.blog import BlogPost, NetworkCounts, from_ranking, parse, write
from bot.blog.embeds import read_embed
from bot.errors import InputError
from bot.models import Era, Network, Outcome, Period, Post, Ranking, Status
from bot.ranking.scoring import rank
from bot.store.blogs import as_paper
from bot.text import plain
from tests import factories
from tests.words import raises_saying

# --- our own days -------------------------------------------------------------------------------

WHEN = datetime(2021, 3, 31, 6, 0, 0, tzinfo=UTC)


def ranking(*posts: Post, heard: tuple[Network, ...] = (Network.X, Network.BLUESKY)) -> Ranking:
    rates = dict.fromkeys(Network, 1.0)
    return Ranking(
        start=factories.DAY,
        end=factories.DAY,
        period=Period.DAY,
        era=Era.HOTPAPERS,
        papers=rank([factories.paper(), factories.paper("2103.14030")], posts, rates),
        listed=2,
        above_bar=2,
        bar=0,
        outcomes=tuple(
            Outcome(source=n, status=Status.OK if n in heard else Status.OFF, at=WHEN)
            for n in Network
        ),
        counted_at=WHEN,
    )


FOUND = (
    factories.post(
        "1376707154522955776", author="ada", reposts=12, likes=30, text="Not to be kept"
    ),
    factories.post(
        "at://did:plc:abc/app.bsky.feed.post/3k",
        network=Network.BLUESKY,
        url="https://bsky.app/profile/did:plc:abc/post/3k",
        author="bo.example",
        author_name="Bo (@ home) <b>&mdash;",
        reposts=4,
        likes=9,
        text="Not to be kept",
    ),
    factories.post(
        "https://social.example/users/cy/statuses/1",
        network=Network.MASTODON,
        url="https://social.example/@cy/1",
        author="cy@social.example",
        reposts=1,
        likes=2,
    ),
    factories.post(
        "26600000",
        network=Network.HACKERNEWS,
        url="https://news.ycombinator.com/item?id=26600000",
        author="dee",
        reposts=0,
        likes=120,
    ),
    factories.post(
        "2103.15691",
        network=Network.HUGGINGFACE,
        url="https://huggingface.co/papers/2103.15691",
        author="",
        author_id="",
        reposts=0,
        likes=45,
    ),
)


def test_our_own_day_has_the_blogs_form() -> None:
    text = write(from_ranking(ranking(*FOUND)))
    lines = text.split("\n")
    assert lines[:3] == ["---", "title: Hot Papers 2021-03-30", "date: 2021-03-31T06:00:00.Z"]
    assert '  - "Twitter"' in lines
    start = lines.index("# 1. An Invented Study of 2103.15691")
    assert lines[start : start + 11] == [
        "# 1. An Invented Study of 2103.15691",
        "",
        "Ada Example, Björn Muster",
        "",
        "- retweets: 12, favorites: 30; Bluesky: 4 reposts, 9 likes; "
        "Mastodon: 1 boosts, 2 favourites; Hacker News: 120 points; Hugging Face: 45 upvotes "
        "(03/31/2021 06:00:00)",
        "",
        "- links: [abs](https://arxiv.org/abs/2103.15691) "
        "| [pdf](https://arxiv.org/pdf/2103.15691)",
        "- [cs.CV](https://arxiv.org/list/cs.CV/recent)",
        "",
        "We invent a thing and measure it.",
        "",
    ]
    assert "Not to be kept" not in text


def test_our_own_day_is_read_again() -> None:
    post = from_ranking(ranking(*FOUND))
    again = parse(write(post), "2021-03-30---Hot-Papers.md")
    assert again == post
    assert again.era is Era.HOTPAPERS
    embeds = {embed.network: embed for embed in again.papers[0].embeds}
    assert {network: embed.post_id for network, embed in embeds.items()} == {
        post.network: post.post_id for post in FOUND
    }
    assert embeds[Network.X].url == "https://twitter.com/ada/status/1376707154522955776"
    bluesky = embeds[Network.BLUESKY]
    assert (bluesky.author, bluesky.handle) == ("Bo (@ home) <b>&mdash;", "bo.example")
    assert embeds[Network.MASTODON].handle == "cy@social.example"
    assert embeds[Network.HUGGINGFACE].url == "https://huggingface.co/papers/2103.15691"


def test_a_network_that_was_not_heard_is_not_said_to_have_counted_nothing() -> None:
    heard = from_ranking(ranking(FOUND[1], heard=(Network.X, Network.BLUESKY)))
    assert heard.papers[0].counts[0] == NetworkCounts(Network.X, 0, 0)
    off = from_ranking(ranking(FOUND[1], heard=(Network.BLUESKY,)))
    assert off.papers[0].counts == (NetworkCounts(Network.BLUESKY, 4, 9),)
    assert '"Twitter"' not in off.front
    text = write(off)
    assert "retweets" not in text
    assert "- no posts (03/31/2021 06:00:00)" in text
    assert parse(text, "x.md") == off


def test_a_posts_address_is_shown_only_when_a_browser_may_open_it() -> None:
    evil = replace(FOUND[3], url='javascript:alert("x")')
    quoting = replace(FOUND[4], url='https://huggingface.co/"><script>', post_id='"><b>')
    post = from_ranking(ranking(evil, quoting))
    (embed,) = post.papers[0].embeds
    assert embed.post_id == '"><b>'
    assert "javascript" not in write(post)
    assert "<script>" not in write(post)
    assert parse(write(post), "x.md") == post


@pytest.mark.parametrize(
    "words",
    [
        "Read [this](javascript:alert(1)) now",
        "![this](data:text/html,x)",
        "[a [b](vbscript:x)](file:///etc/passwd)",
        "[this]( <java&#115;cript:x> )",
        "[a\\](x)](javascript:x)",
        "[this]: javascript:x",
        "[this]",
        "<javascript:x>",
        "<a href='javascript:x'>this</a>",
        "[this](https://evil.example)",
    ],
)
def test_no_words_of_a_stranger_become_a_link(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """As a reader of Markdown sees it that lets every address through."""
    paper = factories.paper(title=words, authors=(words, "[this]"), abstract=words)
    ranked = rank([paper], [replace(FOUND[0], author_name=words)], dict.fromkeys(Network, 1.0))
    text = write(from_ranking(replace(ranking(), papers=ranked)))
    reader = MarkdownIt("commonmark")
    monkeypatch.setattr(reader, "validateLink", lambda _: True)
    tokens = [inner for token in reader.parse(text) for inner in (token.children or ())]
    addresses = [str(t.attrs.get("href") or t.attrs.get("src") or "") for t in tokens]
    assert {urlsplit(each).hostname for each in addresses if each} == {"arxiv.org"}
    raw = [t.content for t in (*tokens, *reader.parse(text)) if t.type.startswith("html")]
    assert not any("javascript" in each for each in raw)


def test_a_quote_that_leads_to_no_web_page_is_refused() -> None:
    markup = (
        '<blockquote class="hotpapers-post" data-network="mastodon">'
        '<a href="javascript:x">March 30, 2021</a></blockquote>'
    )
    with raises_saying(InputError, "no web address"):
        read_embed(markup)


def test_a_longer_period_has_no_form_in_the_blog() -> None:
    with raises_saying(InputError, "one day"):
        from_ranking(replace(ranking(), end=date(2021, 4, 1)))


@given(st.text(), st.text(), st.text(), st.text(), st.text())
@example("# 2. x", "- retweets: 1", "<blockquote class='twitter-tweet'>", "a", "b")
@example("", "", "", "", "")
@example("---", "- no posts (x)", "# 2. Another", "(@x)", ") &mdash; (@y")
def test_whatever_a_paper_or_a_poster_is_called_our_day_is_read_again(
    title: str, author: str, abstract: str, name: str, handle: str
) -> None:
    paper = factories.paper(title=title, authors=(author,), abstract=abstract)
    found = [replace(post, author_name=name, author=handle) for post in FOUND]
    day = ranking()
    ranked = rank([paper, factories.paper("2103.14030")], found, dict.fromkeys(Network, 1.0))
    post: BlogPost = from_ranking(replace(day, papers=ranked))
    assert parse(write(post), "x.md") == post


HOSTILE = [
    "-1 is a square",
    "NeRF--",
    "{x}",
    "C\\ C++",
    "# 2. Another",
    "> 90%",
    "1. One",
    "+ more",
    "* all",
    "---",
    "===",
    "~~~ x",
    "``` x",
    "A* and B*",
    "_x_ and snake_case",
    "`code`",
    "\\*",
    "\\",
    "AT&T",
    "&lt;b&gt; &amp;amp; &#35;",
    "<b>bold</b>",
    "<!-- x",
    "[a]: b",
    "[a](b)",
    "![a](b)",
    "Learning C #",
    "C#",
    "a ~~b~~",
    "|a|b|",
    "$x$ \\alpha",
    "<blockquote class='twitter-tweet'>",
    "- [x] y",
    "- retweets: 1, favorites: 2 (03/31/2021 06:00:00)",
    "&#10;",
    "a & b;",
    "=1+1",
]


def hostile_texts(test: Callable[[str, str], None]) -> Callable[[], None]:
    pieces = st.lists(st.sampled_from([*HOSTILE, " ", "\n", "\n\n", "a"])).map("".join)
    texts = (st.text() | pieces).map(plain)
    for text in HOSTILE:
        test = example(text, text)(test)
    return settings(deadline=None)(given(texts, texts)(test))


def printed(title: str, abstract: str) -> str:
    paper = factories.paper(title=title, authors=(title, "Bo One, Jr."), abstract=abstract)
    return write(from_ranking(replace(ranking(), papers=rank([paper], [], {}))))


@hostile_texts
def test_our_own_day_has_the_same_texts_when_it_is_imported(title: str, abstract: str) -> None:
    post = parse(printed(title, abstract), "x.md")
    (paper,) = (as_paper(p, post.era, p.categories) for p in post.papers)
    assert (paper.title, paper.abstract) == (title or paper.arxiv_id, abstract)
    assert paper.authors == (*filter(None, [title]), "Bo One, Jr.")


@hostile_texts
def test_a_reader_of_markdown_shows_our_texts_as_they_are(title: str, abstract: str) -> None:
    text = printed(title, abstract).partition("\n\n---\n")[2]
    heading, *paragraphs = (
        "".join(child.content or " " for child in token.children or ())
        for token in MarkdownIt("commonmark").parse(text)
        if token.type == "inline" and token.level == 1
    )
    assert heading.split() == ["1.", *(title or "2103.15691").split()]
    wanted = [title + ", Bo One, Jr.", *abstract.split("\n\n")]
    assert [p.split() for p in paragraphs] == [p.split() for p in wanted if p]
