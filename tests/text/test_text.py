"""What strangers wrote, shown in Discord: harmless, whole, inside the limits."""

import html
import re
from zoneinfo import ZoneInfo

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.preview.markdown import markdown
from bot.text import cut, escape, escape_to, label, length
from bot.text.truncate import calm

FAMILY = "👨‍👩‍👧‍👦"
HOSTILE = st.text(
    st.sampled_from("aZ1 \n*_~|>#`[]()<@&:/\\-+.!é\u0301\u200d👩🏽🇩🇪א\u0639\u202e\u2067\u0600{}")
    | st.characters(),
    max_size=80,
)
MARKS = (
    "**b** _i_ __u__ ~~s~~ ||x|| `c` ```d``` # > >>> - * 1. -# [a](https://evil.example) "
    "https://evil.example <https://evil.example> discord.gg/abc @everyone @here <@1> <@!1> <@&1> "
    "<#1> </cmd:1> <:e:1> <a:e:1> <t:1:R> <id:home> :smile: \\ \n word C# snake_case_x ]( [ ]"
)
MARKDOWN = st.lists(st.sampled_from([*MARKS.split(" "), " "])).map(" ".join)
ACTIVE = re.compile(
    r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</\w+:\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|<id:\w+>|https?://"
    r"|discord\.gg/",
    re.IGNORECASE,
)


def rendered(source: str) -> str:
    """HTML of Discord's Markdown, by the rules of Discord's client as the preview knows them."""
    return markdown(source, zone=ZoneInfo("UTC"))


def seen(source: str) -> str:
    """What a reader sees of that HTML, without the characters nobody sees."""
    bare = html.unescape(re.sub(r"<[^>]*>", "", rendered(source)))
    return re.sub("[\u200b\u2068\u2069]", "", bare)


def graphemes(text: str) -> list[str]:
    return regex.findall(r"\X", text)


@given(HOSTILE | MARKDOWN)
def test_escaped_text_is_seen_as_it_was_and_does_nothing(text: str) -> None:
    shown = escape(text)
    assert not re.search(r"<(?!/?span)", rendered(shown))
    assert seen(shown) == re.sub("[\u200b\u2068\u2069]", "", calm(text))
    assert not ACTIVE.search(shown)


@pytest.mark.parametrize(
    "text",
    [
        "# heading", "## two", "-# subtext", "- item", "+ item", "  * item", "1. first",
        "12) twelfth", "> quote", ">>> all of it", "first\n# second", "**bold**", "snake_case_name",
        "||spoiler||", "`code`", "[masked](https://evil.example)", "https://evil.example/x_y",
        ":tada:", "F vs C#",
        "¯\\_(ツ)_/¯", "\\*", "a < b > c", "ends with \\",
    ],
)  # fmt: skip
def test_each_kind_of_markdown_is_shown_not_obeyed(text: str) -> None:
    assert "<" not in rendered(escape(text)).replace("<span>", "").replace("</span>", "")
    assert seen(escape(text)) == text


def test_a_heading_keeps_the_number_sign_at_its_end() -> None:
    assert seen(f"### {escape('F vs C#')}") == "F vs C#"


def test_plain_prose_is_not_changed_by_escaping() -> None:
    prose = 'Learning (fast): 100% of "what" we need, isn\'t it? See 3.5 & 4-6; a+b = c.'
    assert escape(prose) == prose


@given(HOSTILE | MARKDOWN, st.integers(0, 60))
def test_escaping_to_a_limit_fits_and_halves_nothing(text: str, limit: int) -> None:
    shown = escape_to(text, limit)
    assert length(shown) <= limit
    assert not ACTIVE.search(shown)
    kept = seen(shown).removesuffix("…")
    assert calm(text).replace("\u200b", "").startswith(kept.replace("\u200b", ""))
    if length(escape(text)) <= limit:
        assert shown == escape(text)


@given(HOSTILE, st.integers(0, 60))
def test_a_cut_text_fits_and_ends_at_a_grapheme(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert length(shown) <= limit
    assert len(shown.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    if length(text) <= limit:
        assert shown == text
    elif shown:
        kept = shown.removesuffix("…")
        count = next(n for n in range(len(text) + 1) if "".join(graphemes(text)[:n]) == kept)
        assert count < len(graphemes(text))
        assert (len(kept) - len(kept.rstrip("\\"))) % 2 == 0


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("The quick brown fox jumps", 25, "The quick brown fox jumps"),
        ("The quick brown fox jumps", 24, "The quick brown fox…"),
        ("The quick brown fox jumps", 17, "The quick brown…"),
        ("The quick (brown fox)", 12, "The quick…"),
        ("Antidisestablishmentarianism", 10, "Antidises…"),
        ("A verylongwordindeed", 12, "A verylongw…"),
        ("日本語の長い題名", 5, "日本語の…"),
        (FAMILY * 3, 25, FAMILY * 2 + "…"),
        (FAMILY * 3, 11, "…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("🇩🇪🇫🇷", 6, "🇩🇪…"),
        (r"a\*b\*c", 3, "a…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("abc", -1, ""),
    ],
)
def test_cutting_prefers_words_and_keeps_characters_whole(
    text: str, limit: int, shown: str
) -> None:
    assert cut(text, limit) == shown


def test_another_ellipsis_may_mark_the_cut() -> None:
    assert cut("The quick brown fox jumps", 18, " [cut]") == "The quick [cut]"


def test_lengths_are_utf_16_units() -> None:
    assert [length("abc"), length("é"), length("𝒪"), length(FAMILY)] == [3, 1, 2, 11]


def test_an_override_does_not_turn_around_what_follows() -> None:
    assert escape("exe\u202egnp and \u2067more") == "exegnp and more"


def test_a_right_to_left_title_is_isolated_line_by_line() -> None:
    assert escape("שלום עולם\nabc") == "\u2068שלום עולם\u2069\nabc"
    assert escape_to("שלום עולם", 8) == "\u2068שלום…\u2069"
    assert label("שלום עולם", 11) == "\u2068שלום עולם\u2069"


def test_piled_up_accents_are_thinned_and_real_ones_kept() -> None:
    assert len(escape("z" + "\u0301" * 500 + "!")) < 10
    for word in ("Việt", "בְּרֵאשִׁית", "กำลัง", "བསྒྲུབས"):
        assert calm(word) == word


def test_every_kind_of_line_break_is_seen_at_its_markdown() -> None:
    assert escape("a\r\n# b\u2028# c\x0b- d") == "a\n\\# b\n\\# c\n\\- d"


@given(HOSTILE, st.integers(3, 60))
def test_a_label_is_one_line_within_its_limit(text: str, limit: int) -> None:
    shown = label(text, limit)
    assert length(shown) <= limit
    assert "\n" not in shown
