"""Lists and pairs as people type them into options and forms."""

from datetime import time

import pytest

from bot.errors import InputError, UnknownCategory
from bot.parsing import lists
from tests.words import raises_saying


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cs.CL", ("cs.CL",)),
        ("cs.cl, CS.ir", ("cs.CL", "cs.IR")),
        ("cs.CL cs.IR; quant-ph", ("cs.CL", "cs.IR", "quant-ph")),
        ("cs cl", ("cs.CL",)),
        ("cond-mat", ("cond-mat.*",)),
        ("math.IT, cs.IT", ("cs.IT",)),
        ("cs.CL, *", ()),
        ("all", ()),
        ("everything", ()),
        (" , ", ()),
    ],
)
def test_categories(text: str, meant: tuple[str, ...]) -> None:
    assert lists.categories(text) == meant


@pytest.mark.parametrize(
    ("text", "wanted", "without"),
    [
        ("-cs.CV", (), ("cs.CV",)),
        ("cs.*, -cs.CV", ("cs.*",), ("cs.CV",)),
        ("cs.LG -cs.CV -cs.ro", ("cs.LG",), ("cs.CV", "cs.RO")),
        ("hep-th; - astro-ph", ("hep-th",), ("astro-ph.*",)),
        ("all, -math", (), ("math.*",)),
        ("hep-ph, cond-mat", ("hep-ph", "cond-mat.*"), ()),
    ],
)
def test_a_hyphen_leaves_a_category_out(
    text: str, wanted: tuple[str, ...], without: tuple[str, ...]
) -> None:
    assert lists.category_choice(text) == (wanted, without)


@pytest.mark.parametrize("text", ["cs.CV, -cs.CV", "cs.CV, -cs.*", "-*", "cs.CL, -all"])
def test_a_choice_that_leaves_nothing_is_refused(text: str) -> None:
    with raises_saying(InputError, "leaves out all"):
        lists.category_choice(text)


@pytest.mark.parametrize("text", ["-cs.CV", "cs.LG, -cs.CV", "-cs", "-math.*"])
def test_where_nothing_can_be_left_out_a_hyphen_is_refused(text: str) -> None:
    with raises_saying(UnknownCategory, "would leave a category out"):
        lists.categories(text)


def test_an_unknown_category_among_others_is_named() -> None:
    with raises_saying(UnknownCategory, r"'cs\.XX'"):
        lists.categories("cs.CL, cs.XX")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("09:00 Europe/Berlin", (time(9), "Europe/Berlin")),
        ("9 pm, New York", (time(21), "America/New_York")),
        ("18.30 tokyo", (time(18, 30), "Asia/Tokyo")),
    ],
)
def test_when(text: str, meant: tuple[time, str]) -> None:
    assert lists.when(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write it like 09:00 Europe/Berlin"),
        ("9", "Write it like 09:00 Europe/Berlin"),
        ("Berlin", "Write it like 09:00 Europe/Berlin"),
        ("9 Berln", "Did you mean Europe/Berlin?"),
    ],
)
def test_when_says_what_is_missing(text: str, said: str) -> None:
    with raises_saying(InputError, said.replace("?", r"\?")):
        lists.when(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("8", (8, None)), ("8 above 40", (8, 40.0)), ("Top 8, 40.5", (8, 40.5)), ("1 > 0", (1, 0.0))],
)
def test_size(text: str, meant: tuple[int, float | None]) -> None:
    assert lists.size(text) == meant


@pytest.mark.parametrize("text", ["", "0", "26", "eight", "8 above", "-1", "8 above -3"])
def test_size_says_how_it_is_written(text: str) -> None:
    with raises_saying(InputError, "Write 8 for the top 8"):
        lists.size(text)


@pytest.mark.parametrize("bar", ["1000001", "9" * 30, "9" * 400])
def test_a_bar_that_no_paper_can_reach_is_refused(bar: str) -> None:
    with raises_saying(InputError, "A bar is at most 1,000,000 points"):
        lists.size(f"8 above {bar}")


@pytest.mark.parametrize("text", ["3", " #3 "])
def test_the_number_of_a_digest(text: str) -> None:
    assert lists.digest_number(text) == 3


@pytest.mark.parametrize("text", ["", "nlp", "-1", "3.5", "9" * 30, "٣"])
def test_what_is_no_number_of_a_digest(text: str) -> None:
    with raises_saying(InputError, "has no digest"):
        lists.digest_number(text)
