"""The old blog's Markdown: what is read comes out again, what is broken is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.blog import BlogPost, NetworkCounts, era, from_ranking, parse, write
from bot.blog.embeds import read_embed
from bot.errors import BlogFormatError, InputError
from bot.messages.problems import words_of
from bot.models import Era, Network, Outcome, Period, Post, Ranking, Status
from bot.ranking.scoring import rank
from bot.store.blogs import as_paper
from bot.text import plain
from tests import factories
from tests.shared_data import SHARED, needs
from tests.words import raises_saying

SEED = SHARED / "seed"
NAME = "2020-09-16---Hot-Papers.md"

FRONT = """\
---
title: Hot Papers 2020-09-16
date: 2020-09-17T09:30:05.Z
template: "post"
draft: false
slug: "hot-papers-2020-09-16"
category: "arXiv"
tags:
  - "arXiv"
  - "Twitter"
description: "Hot papers 2020-09-16"
socialImage: "/media/flying-marine.jpg"

---
"""
SCRIPT = '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>'
QUOTE = (
    '<blockquote class="twitter-tweet"><p lang="ja" dir="ltr">Ein &quot;Wort&quot;<br>'
    '<a href="https://t.co/abc">https://t.co/abc</a></p>&mdash; Ada O&#39;Muster (@home) '
    '(@ada_muster) <a href="https://twitter.com/ada_muster/status/1376707154522955776'
    '?ref_src=twsrc%5Etfw">March 30, 2021</a></blockquote>'
)
FIRST = f"""
# 1. An Invented  Title: With $x < y$

Ada Muster, Bo Beispiel, Jr., Cy de la Prueba

- retweets: 120, favorites: 300 (09/17/2020 09:30:05)

- links: [abs](https://arxiv.org/abs/2009.07118) | [pdf](https://arxiv.org/pdf/2009.07118)
- [cs.CL](https://arxiv.org/list/cs.CL/recent) | [stat.ML](https://arxiv.org/list/stat.ML/recent)

We invent\u00a0a thing.\u2028It measures 3 < 4 # 5.

{QUOTE}
{SCRIPT}

{QUOTE.replace("1376707154522955776", "1376707154522955777")}
{SCRIPT}



"""
SECOND = """
# 2. Nobody Embedded This

Di Ejemplo

- retweets: 30, favorites: 40 (09/17/2020 09:30:06)

- links: [abs](https://arxiv.org/abs/hep-th/9901001) | [pdf](https://arxiv.org/pdf/hep-th/9901001)
- [hep-th](https://arxiv.org/list/hep-th/recent)

We measure another.



"""
POST = FRONT + FIRST + SECOND


# --- reading ------------------------------------------------------------------------------------


def test_what_a_post_says() -> None:
    post = parse(POST, NAME)
    assert (post.day, post.dated) == (
        date(2020, 9, 16),
        datetime(2020, 9, 17, 9, 30, 5, tzinfo=UTC),
    )
    assert post.front == FRONT
    first, second = post.papers
    assert (first.rank, first.arxiv_id) == (1, "2009.07118")
    assert first.title == "An Invented  Title: With $x < y$"
    assert first.authors == "Ada Muster, Bo Beispiel, Jr., Cy de la Prueba"
    assert first.author_names == ("Ada Muster", "Bo Beispiel, Jr.", "Cy de la Prueba")
    assert (first.retweets, first.favorites) == (120, 300)
    assert first.counted_at == datetime(2020, 9, 17, 9, 30, 5, tzinfo=UTC)
    assert first.categories == ("cs.CL", "stat.ML")
    assert first.abstract == "We invent\u00a0a thing.\u2028It measures 3 < 4 # 5."
    assert len(first.embeds) == 2
    assert (second.arxiv_id, second.embeds) == ("hep-th/9901001", ())


def test_what_an_embedded_post_says() -> None:
    embed = parse(POST, NAME).papers[0].embeds[0]
    assert (embed.network, embed.post_id) == (Network.X, "1376707154522955776")
    assert embed.url == "https://twitter.com/ada_muster/status/1376707154522955776"
    assert (embed.author, embed.handle) == ("Ada O'Muster (@home)", "ada_muster")
    assert (embed.lang, embed.written) == ("ja", "March 30, 2021")
    assert embed.text == 'Ein "Wort"\nhttps://t.co/abc'
    assert embed.html == f"{QUOTE}\n{SCRIPT}"
    # The post's printed date and the time in its id agree.
    assert embed.posted_at is not None
    assert embed.posted_at.date() == date(2021, 3, 30)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 6, 29), Era.BLOG_ORIGINAL_POSTS),
        (date(2020, 9, 16), Era.BLOG_ORIGINAL_POSTS),
        (date(2020, 9, 17), Era.BLOG_REPOSTS_ADDED),
        (date(2021, 3, 30), Era.BLOG_REPOSTS_ADDED),
    ],
)
def test_the_era_of_a_day(day: date, expected: Era) -> None:
    assert era(day) is expected


def test_an_old_post_is_of_its_days_era() -> None:
    assert parse(POST, NAME).era is Era.BLOG_ORIGINAL_POSTS


# --- round trips --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [POST, FRONT, FRONT + FIRST])
def test_a_post_comes_out_byte_for_byte(text: str) -> None:
    assert write(parse(text.encode(), NAME)) == text


@pytest.mark.parametrize(
    "text",
    [
        POST.replace("---\n\n# 1.", "---\n\n\n# 1."),
        POST.replace("\n\n# 2.", "\n\n\n\n\n# 2."),
        POST.replace("\n\n- links", "\n\n\n- links"),
        POST + "\n\n",
        POST.replace("\n", "\r\n"),
        "\ufeff" + POST,
        "\ufeff" + POST.replace("\n", "\r\n"),
    ],
    ids=["front", "between", "inside", "end", "windows", "mark", "windows and mark"],
)
def test_blank_lines_windows_line_ends_and_a_byte_order_mark_are_put_right(text: str) -> None:
    assert write(parse(text.encode(), NAME)) == write(parse(text, NAME)) == POST


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We measure another.", "We measure another.\n\nIn two paragraphs.\n- and a list"),
        ("We measure another.", ""),
        ("Di Ejemplo", ""),
        ('dir="ltr"', 'dir="rtl"'),
        ('<blockquote class="twitter-tweet">', '<blockquote class="twitter-tweet" data-lang="en">'),
        (' lang="ja"', ""),
        ("https://twitter.com/ada_muster", "https://x.com/ada_muster"),
        (
            "- [hep-th](https://arxiv.org/list/hep-th/recent)",
            "- [x-y](https://arxiv.org/list/x-y/recent)",
        ),
        (
            "- [hep-th](https://arxiv.org/list/hep-th/recent)",
            "- [68T05, 62M45](https://arxiv.org/list/68T05, 62M45/recent)",
        ),
        ("- [hep-th](https://arxiv.org/list/hep-th/recent)", "- "),
        ("We measure another.", "We measure\r\nanother."),
        ("date: 2020-09-17T09:30:05.Z", "date: '2020-09-17T18:30:05+09:00'"),
        (f"\n{SCRIPT}", f"\n\n{SCRIPT}"),
        ("Ada Muster,", "  Ada   Muster ,"),
        ("abs/hep-th/9901001", "abs/hep-th/9901001v2"),
        ('socialImage: "/media/flying-marine.jpg"\n', ""),
    ],
)
def test_variants_come_out_as_they_came(old: str, new: str) -> None:
    text = POST.replace(old, new)
    assert text != POST
    assert write(parse(text, NAME)) == text


def test_an_author_line_of_many_lines_is_read_to_the_counts() -> None:
    text = POST.replace("Di Ejemplo", "Di Ejemplo,\nEd Esempio")
    assert parse(text, NAME).papers[1].author_names == ("Di Ejemplo", "Ed Esempio")


def test_a_name_without_a_day_is_not_compared() -> None:
    assert parse(POST, "copy of a post.md").day == date(2020, 9, 16)


@needs(SEED)
def test_the_blogs_own_posts_come_out_byte_for_byte() -> None:
    files = sorted(SEED.glob("*.md"))
    papers = 0
    for file in files:
        given_bytes = file.read_bytes()
        post = parse(given_bytes, file.name)
        expected = given_bytes.replace(b"---\n\n\n# 1.", b"---\n\n# 1.")
        assert write(post).encode() == expected, file.name
        assert (expected == given_bytes) is (file.name != "2020-06-29---Hot-Papers.md")
        papers += len(post.papers)
        for embed in (embed for paper in post.papers for embed in paper.embeds):
            assert embed.author
            assert embed.handle in embed.url
            assert embed.text
            assert embed.posted_at
            assert f"{embed.posted_at:%B} {embed.posted_at.day}" in embed.written
    assert len(files) == 68
    assert papers == 496


# --- refusals -----------------------------------------------------------------------------------


COUNTS = "- retweets: 30, favorites: 40 (09/17/2020 09:30:06)\n\n"
LINKS = (
    "- links: [abs](https://arxiv.org/abs/hep-th/9901001) "
    "| [pdf](https://arxiv.org/pdf/hep-th/9901001)\n"
)
NOT_A_STATUS = QUOTE.replace("status/1376707154522955776", "stats/x")
CATEGORIES = "- [hep-th](https://arxiv.org/list/hep-th/recent)\n"


def line_of(part: str, text: str = POST) -> int:
    """The number, from 1, of the first line that holds ``part``."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "complaint"),
    [
        ("# 2. ", "# 3. ", "# 3. ", "this is paper 3, but 2 is its place"),
        ("# 1. ", "# 0. ", "# 0. ", "this is paper 0"),
        ("retweets: 120", "retweets: -120", "- retweets: -120", "negative"),
        ("favorites: 40", "favorites: -1", "- retweets: 30", "negative"),
        ("favorites: 40", "favorites: many", "- retweets: 30", "not counts"),
        ("favorites: 40", "favorites: 040", "- retweets: 30", "not counts"),
        ("retweets: 30, favorites: 40 (", "retweets: 30 (", "- retweets: 30", "not counts"),
        ("(09/17/2020 09:30:06)", "(17/09/2020 09:30:06)", "- retweets: 30", "not a time"),
        ("(09/17/2020 09:30:06)", "(9/17/2020 09:30:06)", "- retweets: 30", "not a time"),
        (" (09/17/2020 09:30:06)", "", "- retweets: 30", "time in brackets"),
        (COUNTS, "", LINKS, "counts of paper 2 is missing"),
        (LINKS, "", CATEGORIES, "line of links"),
        (" | [pdf](https://arxiv.org/pdf/2009.07118)", "", "- links: [abs]", "line of links"),
        ("/abs/2009.07118)", "/abs/20090.7118)", "- links: [abs]", "not an arXiv id"),
        ("/abs/2009.07118)", "/abs/2013.07118)", "- links: [abs]", "not an arXiv id"),
        ("/pdf/2009.07118)", "/pdf/2009.07119)", "- links: [abs]", "two papers"),
        (CATEGORIES, "", "We measure another", "categories"),
        (CATEGORIES, "-\n", "-\n\nWe measure", "categories"),
        (CATEGORIES, CATEGORIES[:-1] + " \n", CATEGORIES[:-1] + " \n", "categories"),
        ("list/stat.ML/recent", "list/stat.ME/recent", "- [cs.CL]", "categories"),
        (f"{SCRIPT}\n\n\n\n", "\n\n\n", "\n\n\n\n# 2.", "script line"),
        ("</blockquote>", "", '<blockquote class="twitter-tweet">', "cut off"),
        ("status/1376707154522955777", "stats/x", NOT_A_STATUS, "address of a post"),
        ('class="twitter-tweet"', 'class="tiktok"', 'class="tiktok"', "no embedded post"),
        (f"{SCRIPT}\n\n\n\n", f"{SCRIPT}\n\nWords.\n\n\n\n", "Words.", "paper 2 should begin"),
        ("title: Hot Papers 2020-09-16\n", "", "---\n\n# 1.", "title"),
        ("title: Hot Papers 2020-09-16", "title: Hot Papers 2020-09-31", "title:", "not a date"),
        ("title: Hot Papers 2020-09-16", "title: Hot Papers 2020-09-15", "title:", "named for"),
        ("date: 2020-09-17T09:30:05.Z\n", "", "---\n\n# 1.", "date"),
        ("date: 2020-09-17T09:30:05.Z", "date: 2020-09-17T25:30:05.Z", "date:", "25:30"),
        ("---\ntitle", "--\ntitle", "--\ntitle", "begins with front matter"),
        ("---\n\n# 1.", "--\n\n# 1.", "---", "no end"),
    ],
)  # fmt: skip
def test_a_broken_post_is_refused_with_its_line(
    old: str, new: str, at: str, complaint: str
) -> None:
    text = POST.replace(old, new)
    assert text != POST
    with raises_saying(BlogFormatError, complaint) as caught:
        parse(text, NAME)
    assert words_of(caught.value).startswith(f"line {caught.value.line}: ")
    assert caught.value.line == line_of(at, text)


def test_bytes_that_are_not_utf_8_are_refused_with_their_line() -> None:
    with raises_saying(BlogFormatError, "UTF-8") as caught:
        parse(POST.replace("Di Ejemplo", "Di \udcff").encode(errors="surrogateescape"), NAME)
    assert caught.value.line == line_of("Di Ejemplo")


def test_a_post_cut_off_anywhere_is_refused() -> None:
    """Only the end of a paper is an end; there a cut cannot be told from a shorter day."""
    whole = parse(POST, NAME)
    boundaries = {len(FRONT), len(FRONT + FIRST)}
    for end in range(len(POST)):
        try:
            post = parse(POST[:end], NAME)
        except BlogFormatError:
            assert end not in boundaries
        else:
            assert end in boundaries | {boundary + 1 for boundary in boundaries}
            assert post.papers == whole.papers[: len(post.papers)]


@settings(max_examples=100)
@given(
    st.integers(0, len(POST)),
    st.integers(0, 40),
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["\n", "---\n", "\n\n# 2. x\n\n", "<blockquote", "</blockquote>", "- ", "9" * 30]
        ),
    ),
)
def test_damage_is_either_refused_as_such_or_comes_out_again(
    at: int, length: int, text: str
) -> None:
    damaged = POST[:at] + text + POST[at + length :]
    try:
        post = parse(damaged, "x.md")
    except BlogFormatError as error:
        line = error.line
    else:
        line = 1
        assert parse(write(post), "x.md") == post
    assert 1 <= line <= damaged.count("\n") + 1


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
