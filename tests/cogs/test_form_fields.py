"""A digest as the fields of its form, and back."""

from dataclasses import replace
from datetime import time

from cogs.digests.form_fields import RuleFields, changes, fields_of
from tests.factories import rule


def test_a_form_that_is_sent_unchanged_changes_nothing() -> None:
    before = rule(
        categories=("cs.CL", "cond-mat.*"),
        at=time(18, 30),
        zone="America/Argentina/Buenos_Aires",
        top=7,
        bar=234_567.125,
        keywords=('"a, b"', "author:chen"),
        exclusions=("survey",),
        thread=True,
        paused=True,
    )
    assert replace(before, **changes(fields_of(before))) == before
    plain = rule()
    assert replace(plain, **changes(fields_of(plain))) == plain


def test_a_form_changes_what_it_says() -> None:
    fields = RuleFields("", "noon UTC", "3", "", "")
    before = rule(categories=("cs.CL",), bar=9.0, keywords=("x",))
    after = replace(before, **changes(fields))
    assert (after.categories, after.at, after.zone) == ((), time(12), "UTC")
    assert (after.top, after.bar, after.keywords) == (3, None, ())


def test_a_form_keeps_what_is_left_out_among_the_exclusions() -> None:
    typed = RuleFields("cs.*, -cs.CV", "noon UTC", "3", "", "survey")
    found = changes(typed)
    assert (found["categories"], found["exclusions"]) == (("cs.*",), ("survey", "cat:cs.CV"))
