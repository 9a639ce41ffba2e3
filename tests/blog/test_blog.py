"""The old blog's Markdown: what is read comes out again, what is broken is refused."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blog import era, parse, write
from bot.errors import BlogFormatError
from bot.messages.problems import words_of
from bot.models import Era, Network
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
