"""Times of day as admins type them."""

from datetime import time

import pytest

from bot.errors import InputError
from bot.messages.problems import words_of
from bot.parsing.times import parse_hour
from tests.words import raises_saying


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("09:00", time(9)),
        ("9", time(9)),
        (" 9:30 ", time(9, 30)),
        ("18.30", time(18, 30)),
        ("1830", time(18, 30)),
        ("18h30", time(18, 30)),
        ("18 Uhr", time(18)),
        ("9am", time(9)),
        ("9:30 PM", time(21, 30)),
        ("12 am", time(0)),
        ("12 p.m.", time(12)),
        ("noon", time(12)),
        ("24:00", time(0)),
        ("00:00", time(0)),
    ],
)
def test_reads(typed: str, meant: time) -> None:
    assert parse_hour(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "25", "9:60", "13 pm", "0 am", "-1", "9:3", "nine", "09:00:00", "9" * 500, "٩"]
)
def test_says_what_it_cannot_read(typed: str) -> None:
    with raises_saying(InputError, r"not a time of day\. Try 09:00") as raised:
        parse_hour(typed)
    assert len(words_of(raised.value)) < 120
