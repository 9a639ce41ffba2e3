"""The preview's Markdown: as Discord reads it, and nothing from outside but text."""

import re
import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.preview import markdown
from tests.demo.html_reader import HOSTILE, TEXT_TAGS, Reader

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2021, 3, 31, 12, 0, tzinfo=UTC)
LINK = '<a href="{0}" target="_blank" rel="noopener noreferrer">{1}</a>'


def render(text: str) -> str:
    return markdown(text, zone=BERLIN)


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("plain words\nand more", "plain words\nand more"),
        ("*it* _it_ **bold** __under__ ~~gone~~", "<em>it</em> <em>it</em> <strong>bold</strong> "
         "<u>under</u> <s>gone</s>"),
        ("***both***", "<em><strong>both</strong></em>"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("**over\nlines**", "<strong>over\nlines</strong>"),
        ("2 * 3 * 4, snake_case_name, A*", "2 * 3 * 4, snake_case_name, A*"),
        ("||secret||", '<span class="spoiler">secret</span>'),
        ("`x * y * z` and ``a`b``", "<code>x * y * z</code> and <code>a`b</code>"),
        ("```py\nx = 1\n```", "<pre><code>x = 1</code></pre>"),
        ("```\n**x** <b>\n```", "<pre><code>**x** &lt;b&gt;</code></pre>"),
        ("see ```x``` here", "<span>see </span><pre><code>x</code></pre><span> here</span>"),
        ("# One", "<h1>One</h1>"),
        ("## Two ##\n\ntext", "<h2>Two </h2><span>text</span>"),
        ("### **T**hree", "<h3><strong>T</strong>hree</h3>"),
        ("#### Four", "#### Four"),
        ("#tag", "#tag"),
        ("text # no heading", "text # no heading"),
        ("-# small\nrest", "<small>small</small><span>rest</span>"),
        ("> one\n> *two*\nthree", "<blockquote>one\n<em>two</em></blockquote><span>three</span>"),
        ("a\n>>> all\nof it", "<span>a\n</span><blockquote>all\nof it</blockquote>"),
        ("> > once", "<blockquote>&gt; once</blockquote>"),
        (">no quote", "&gt;no quote"),
        ("- a\n- b\n\nc", "<ul><li>a</li><li>b</li></ul><span>\nc</span>"),
        ("* a\n  - b\n  - c\n* d", "<ul><li><span>a\n</span><ul><li>b</li><li>c</li></ul></li>"
         "<li>d</li></ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("in 2021. That year", "in 2021. That year"),
        ("<@1> <@!2> <@&3> <#4>", '<span class="pill" title="1">@member</span> '
         '<span class="pill" title="2">@member</span> <span class="pill" title="3">@role</span> '
         '<span class="pill" title="4">#channel</span>'),
        ("</digest add:12>", '<span class="pill" title="12">/digest add</span>'),
        ("@everyone", '<span class="pill">@everyone</span>'),
        ("@here!", '<span class="pill">@here</span>!'),
        ("<:fire:123> <a:run:45>", '<span class="emoji">:fire:</span> '
         '<span class="emoji">:run:</span>'),
    ],
)  # fmt: skip
def test_markdown_reads_as_in_discord(typed: str, html: str) -> None:
    assert render(typed) == html


@pytest.mark.parametrize(
    ("typed", "url", "shown"),
    [
        ("[abs](https://arxiv.org/abs/2103.15691)", "https://arxiv.org/abs/2103.15691", "abs"),
        ("[abs](<https://arxiv.org/abs/2103.15691>)", "https://arxiv.org/abs/2103.15691", "abs"),
        ('[a](https://a.example "title")', "https://a.example", "a"),
        ("[a [b] c](https://a.example)", "https://a.example", "a [b] c"),
        ("[a]](https://a.example)", "https://a.example", "a]"),
        ("[**b**](https://a.example)", "https://a.example", "<strong>b</strong>"),
        ("[a](https://a.example/x_(y))", "https://a.example/x_(y)", "a"),
        ("https://a.example/b_c_d", "https://a.example/b_c_d", "https://a.example/b_c_d"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("<https://a.example/>", "https://a.example/", "https://a.example/"),
        # A backslash in a label is shown, and does not escape: discord-api-docs#6185.
        (r"[A\* search](https://a.example)", "https://a.example", r"A\* search"),
    ],
)
def test_links(typed: str, url: str, shown: str) -> None:
    assert render(typed) == LINK.format(url, shown)


@pytest.mark.parametrize(
    "typed",
    [
        "[x](javascript:alert(1))",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "<javascript:x>",
        "[x](data:text/html,hello)",
        "[x](https://)",
        "[x](https://[broken)",
        "[x](arxiv.org)",
        "[x](ftp://a.example)",
        "[ ](https://a.example)",
        # Discord shows a label that pretends to be another address, or that would ping, as typed.
        "[https://good.example](https://evil.example)",
        "[hello @everyone](https://a.example)",
        "[hello <@1>](https://a.example)",
    ],
)
def test_what_is_no_link_stays_as_typed(typed: str) -> None:
    read = Reader(render(typed))
    assert read.elements == []
    assert read.shown == typed


def test_a_sentence_keeps_its_full_stop_and_bracket() -> None:
    read = Reader(render("(see https://a.example/x). And https://b.example, too"))
    assert [a["href"] for tag, a in read.elements if tag == "a"] == [
        "https://a.example/x",
        "https://b.example",
    ]
    assert read.shown == "(see https://a.example/x). And https://b.example, too"


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("", "31 March 2021 at 12:26"),
        (":t", "12:26"),
        (":T", "12:26:50"),
        (":d", "31/03/2021"),
        (":D", "31 March 2021"),
        (":f", "31 March 2021 at 12:26"),
        (":F", "Wednesday, 31 March 2021 at 12:26"),
        (":s", "31/03/2021, 12:26"),
        (":S", "31/03/2021, 12:26:50"),
        (":R", "31 March 2021 at 12:26"),
    ],
)
def test_times_are_written_for_the_readers_zone(style: str, shown: str) -> None:
    # 10:26:50 in UTC; Berlin had changed to summer time three days before.
    assert render(f"<t:1617186410{style}>") == f"<time>{shown}</time>"


@pytest.mark.parametrize(
    ("away", "shown"),
    [
        (timedelta(minutes=-4), "4 minutes ago"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(days=3, hours=5), "in 3 days"),
        (timedelta(days=-800), "2 years ago"),
        (timedelta(seconds=0), "0 seconds ago"),
    ],
)
def test_relative_times_are_seen_from_now(away: timedelta, shown: str) -> None:
    unix = int((NOON + away).timestamp())
    assert markdown(f"<t:{unix}:R>", zone=BERLIN, now=NOON) == f"<time>{shown}</time>"


@pytest.mark.parametrize("typed", ["<t:99999999999999999:f>", "<t:now>", "<t:1:x>"])
def test_a_time_that_no_calendar_has_stays_as_typed(typed: str) -> None:
    assert Reader(render(typed)).shown == typed


def test_deep_nesting_ends_as_text() -> None:
    read = Reader(render("- " * 500 + "*_" * 500 + "x" + "_*" * 500))
    assert "x" in read.shown
    assert len(read.elements) < 60


MARKS = st.text(st.sampled_from("*_~|`<>[]()#-.\\\n \"'&/:@1aé漢") | st.characters(), max_size=80)


@given(MARKS)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    plain = re.sub(r"\s+", " ", re.sub(r"[^\w\s!-~]", "", text)).strip()
    escaped = re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", plain)
    read = Reader(render(escaped))
    assert read.elements == []
    assert read.shown == plain


@given(HOSTILE)
def test_text_makes_only_the_elements_of_markdown(text: str) -> None:
    read = Reader(render(text))
    assert read.tags() <= TEXT_TAGS
    for _, attributes in read.elements:
        assert attributes.keys() <= {"class", "href", "rel", "start", "target", "title"}
        assert (attributes.get("href") or "https://").startswith(("http://", "https://"))
