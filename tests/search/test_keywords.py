"""A digest's keywords as they are typed, and as an earlier version stored them."""

import pytest

from bot.errors import InputError
from bot.search.keywords import read_keywords, says_keyword
from tests import factories
from tests.words import raises_saying

PAPER = factories.paper(
    title="Speculative decoding: nature of drafts", abstract="Cats or dogs, venue nature."
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("agents", ("agents",)),
        (' a ,"state  space", author:chen,, a', ("a", '"state space"', "author:chen")),
        ('"a, b", c', ('"a, b"', "c")),
        ("C++, cat:cs.CV, title:graphs -survey", ("C++", "cat:cs.CV", "title:graphs -survey")),
        ("-", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_keywords(text: str, meant: tuple[str, ...]) -> None:
    assert read_keywords(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("!!!", "no letter or digit"),
        ('""', "no letter or digit"),
        ("x" * 101, "at most 100 characters"),
        (",".join("abcdefghijklmnopqrstu"), "At most 20"),
        ("author:", "'author:' cannot be read: author: needs a value"),
        ("agents, venue:nature", "'venue:nature' cannot be read: There is no venue:"),
        ("cat:cs.CVV", "'cat:cs.CVV' cannot be read: arXiv has no category 'cs.CVV'"),
        ("-survey", "'-survey' cannot be read: This says only what to leave out"),
        ("cats OR dogs", "There is no OR"),
        ("agents after:2021", "A keyword cannot have before:, after: or on:"),
        ('"never closed, c', "never closed"),
    ],
)
def test_a_keyword_that_cannot_be_read_is_refused_with_the_reason(text: str, said: str) -> None:
    with raises_saying(InputError, said):
        read_keywords(text)


@pytest.mark.parametrize(
    ("keyword", "answer"),
    [
        ("venue:nature", True),
        ("venue:dogs", False),
        ("cats OR dogs", True),
        ('"speculative decoding', True),
        ("agents after:2021", False),
        ("", False),
        ("...", False),
    ],
)
def test_a_stored_keyword_that_cannot_be_read_is_its_words_side_by_side(
    keyword: str, answer: bool
) -> None:
    assert says_keyword(PAPER, keyword) is answer
