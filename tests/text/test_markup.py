"""HTML of posts, taken apart."""

import pytest

from bot.text.markup import MAX_CHARACTERS, Tag, pieces, unescaped


def tag(name: str, **attributes: str) -> Tag:
    return Tag(name, False, attributes)


def end(name: str) -> Tag:
    return Tag(name, True, {})


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("", []),
        ("a &lt; b &amp; c", ["a < b & c"]),
        ("a<br>b<br/>c<BR />", ["a", tag("br"), "b", tag("br"), "c", tag("br")]),
        (
            """<a rel=next HREF="/?a=1&amp;b=2>3" class='x "y"' hidden>t</a >""",
            [
                tag("a", rel="next", href="/?a=1&b=2>3", **{"class": 'x "y"'}, hidden=""),
                "t",
                end("a"),
            ],
        ),
        ('<a href = "1" href="2">', [tag("a", href="1")]),
        ("<a =b>c", [tag("a", **{"=b": ""}), "c"]),
        ("1 < 2 <3", ["1 ", "<", " 2 ", "<", "3"]),
        ("a<!-- <b> -->c<!doctype html>d<?php ?>e</>f", list("acdef")),
        # What does not end hides the rest, as in browsers.
        ('a<b class="', ["a"]),
        ("a<b", ["a"]),
        ("a<!-- b>", ["a"]),
        ("<!-", []),
        ("a</", ["a"]),
    ],
)
def test_tags_and_texts_come_in_order(markup: str, expected: list[str | Tag]) -> None:
    assert pieces(markup) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&quot;&#39;&#x27;&hellip;", "\"''…"),
        ("AT&T &x &; &#; &#x;", "AT&T &x &; &#; &#x;"),
        (f"&#{'1' * 5000};", f"&#{'1' * 5000};"),  # int() refuses so many digits
    ],
)
def test_entities_become_characters(text: str, expected: str) -> None:
    assert unescaped(text) == expected


def test_nesting_costs_nothing_and_length_is_bounded() -> None:
    deep = "<b>" * (MAX_CHARACTERS // 3)
    assert pieces(deep) == [tag("b")] * (MAX_CHARACTERS // 3)
    with pytest.raises(ValueError, match="longer than 50,000 characters"):
        pieces(deep + "<b>")
