"""What people type is cleaned once, before anything reads it."""

import pytest

from bot.arxiv import ids
from bot.parsing import lists
from bot.parsing.times import parse_hour
from bot.search import parse
from bot.search.keywords import read_keywords
from bot.text import clean_typed
from tests.parsing.test_dates import SUNDAY


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("agents，diffusion", "agents,diffusion"), ("cs.CL、cs.IR；cs.CV", "cs.CL,cs.IR;cs.CV"),
        ("author：chen", "author:chen"), ("９：００", "9:00"),
        ("２６１１．０２００１", "2611.02001"), ("2026–11–17", "2026-11-17"),
        ("2026—11−17", "2026-11-17"), ("2611.02001\u200b", "2611.02001"),
        ("\ufeffcs.CL\u2060", "cs.CL"), ("a\u00a0b", "a b"), ("٢٠٢٦", "2026"), ("“a b”", '"a b"'),
        ("k² H₀", "k² H₀"), ("Göğüş", "Göğüş"), ("a\nb", "a\nb"), ("a\x00b", "ab"),
    ],
)  # fmt: skip
def test_marks_digits_and_spaces_have_one_spelling(typed: str, clean: str) -> None:
    assert clean_typed(typed) == clean
    assert clean_typed(clean) == clean


def test_what_is_cleaned_is_read() -> None:
    assert read_keywords(clean_typed("agents，diffusion")) == ("agents", "diffusion")
    assert parse(clean_typed("author：chen"), SUNDAY).terms[0].place == "author"
    assert lists.categories(clean_typed("cs.CL、cs.IR")) == ("cs.CL", "cs.IR")
    assert parse_hour(clean_typed("９：００")).hour == 9
    assert ids.normalise(clean_typed("２６１１．０２００１")) == "2611.02001"
    assert ids.normalise(clean_typed("2611.02001\u200b")) == "2611.02001"
