"""Labels and addresses of masked links, as Discord's Markdown understands them."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.demo.preview import markdown
from bot.text.links import link_label, linked, web_address

ADDRESS = "https://arxiv.org/abs/2103.15691"


def drawn(label: str) -> str:
    return markdown(f"[{label}]({ADDRESS})", zone=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    "title",
    [
        "A* search on snake_case names",
        "Bounds on |x| and [0, 1] in O(n)",
        "Is 50% < 60% > 40%? C#, C++ & ~10 more",
        "Two-step: a study",
    ],
)
def test_an_ordinary_title_stays_as_it_is(title: str) -> None:
    assert link_label(title, 300) == title


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("*bold* claims", "∗bold∗ claims"),
        ("A* and B*", "A∗ and B∗"),
        ("the `code` _inside_", "the ˋcodeˋ ˍinsideˍ"),
        ("||hidden|| ~~gone~~", "∣∣hidden∣∣ ∼∼gone∼∼"),
        ("a \\frac left over", "a ∖frac left over"),
        ("an open [ bracket", "an open ［ bracket"),
        ("f[x](y)", "f［x］(y)"),
        (":fire: and 1:2", "∶fire: and 1:2"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_would_act_is_replaced_by_what_looks_alike(title: str, label: str) -> None:
    assert link_label(title, 300) == label
    html = drawn(label)
    assert html.startswith("<a ")
    assert html.count("<") == 2


@pytest.mark.parametrize(
    "title",
    [
        "# Attention", "### C#", "#", "> 90% accuracy", ">fast", ">>> all", "-# small print",
        "- a list", "+ more", "* starred", "1. One", "23) Many", "-", "---", "- - -", "+ + +",
        "[a]: b",
    ],
)  # fmt: skip
def test_a_label_begins_no_block(title: str) -> None:
    assert link_label(title, 300) == f"\u2060{title}"


@settings(deadline=None)
@given(st.text("#>-+*=_~`1.) [:]|\\<ab\t\u00a0א", max_size=12))
def test_no_label_is_anything_but_a_line_of_text(title: str) -> None:
    label = link_label(title, 8)
    if label is not None:
        assert len(label) <= 8
        blocks = [token.type for token in MarkdownIt("js-default").parse(label)]
        assert blocks == ["paragraph_open", "inline", "paragraph_close"]


@pytest.mark.parametrize("title", ["1.5 bits", "-1 is a square", "#hashtags", "[a] b", "--", "1.x"])
def test_what_only_looks_like_a_block_stays_as_it_is(title: str) -> None:
    assert link_label(title, 300) == title


@pytest.mark.parametrize(
    "title",
    ["see https://x.org", "@everyone", "ask <@1>", "discord.gg/abc", "<t:0:R>", "", " \u200b "],
)
def test_what_discord_makes_no_link_of_is_not_linked(title: str) -> None:
    assert linked(title, ADDRESS, 300) is None


def test_a_long_title_is_cut_inside_its_limit() -> None:
    label = link_label("word " * 100, 40)
    assert label is not None
    assert len(label) <= 40
    assert label.endswith("word…")


def test_a_right_to_left_title_does_not_turn_what_follows() -> None:
    assert link_label("שלום עולם", 40) == "\u2068שלום עולם\u2069"


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://x.com/a/status/1?s=20#top", "https://x.com/a/status/1?s=20#top"),
        ("https://en.wikipedia.org/wiki/A_(b)", "https://en.wikipedia.org/wiki/A_%28b%29"),
        ("https://bsky.app/profile/é", "https://bsky.app/profile/%C3%A9"),
        ("https://mstdn.example/@ada/1", "https://mstdn.example/@ada/1"),
        ("https://mstdn.example/@Here/1", "https://mstdn.example/%40Here/1"),
        ("javascript:alert(1)", None),
        ("https://x.com@evil.example/", None),
        ("https://x.com/a b", None),
        ("https://x.com/" + "a" * 400, None),
        ("", None),
    ],
)
def test_an_address_can_stand_in_a_link_or_is_none(url: str, written: str | None) -> None:
    assert web_address(url) == written
