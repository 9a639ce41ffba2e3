"""The documents of ``--json``."""

from datetime import date

from bot.output import json
from bot.problems import Code, Problem


def test_a_day_without_a_listing_says_why_in_words_and_as_a_code() -> None:
    saturday = date(2026, 11, 21)
    document = json.no_listing(saturday, Problem(Code.WEEKEND, day=saturday))
    assert (document["no_listing"], document["code"]) == ("Saturday", "weekend")
