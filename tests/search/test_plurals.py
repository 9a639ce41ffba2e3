"""Singular and plural are found alike, names and quotations just as they are typed."""

from datetime import date

import pytest

from bot.search import matches, parse, snippet
from tests.factories import paper

TODAY = date(2021, 4, 1)


def answers(query: str, **texts: object) -> bool:
    return matches(parse(query, TODAY), paper("2103.15691", **texts), None)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("transformer", "transformers"),
        ("GAN", "GANs"),
        ("policy", "policies"),
        ("array", "arrays"),
        ("loss", "losses"),
        ("matrix", "matrices"),
        ("index", "indices"),
        ("analysis", "analyses"),
        ("batch", "batches"),
        ("database", "databases"),
        ("bias", "biases"),
        ("state-space", "state-spaces"),
    ],
)
def test_either_number_finds_the_other(one: str, many: str) -> None:
    for typed, printed in ((one, many), (many, one), (one, one), (many, many)):
        assert answers(typed, title=f"On {printed} of today")
        assert answers(f"title:{typed}", title=f"On {printed} of today")
        assert answers(typed, title="On these", abstract=f"We study {printed}.")
        assert not answers(f"-{typed} on", title=f"On {printed} of today")


def test_names_have_no_number() -> None:
    assert not answers("author:williams", authors=("Ada William",))
    assert not answers("williams", authors=("Ada William",), title="On it", abstract="Words.")
    assert answers("williams", authors=("Ada Williams",))


def test_what_is_quoted_is_meant_as_it_stands() -> None:
    assert not answers('"transformer"', title="On transformers")
    assert not answers('"state space"', title="State spaces")
    assert answers('"state spaces"', title="State spaces")


@pytest.mark.parametrize("word", ["is", "as", "bus", "pass", "this", "λs", "2s"])
def test_what_is_no_plural_is_left_alone(word: str) -> None:
    stem = word.removesuffix("s")
    assert answers(word, title=f"On {word}")
    assert not answers(word, title=f"On {stem} here", abstract="Words.")


def test_the_found_form_is_marked() -> None:
    shown = snippet(parse("transformer", TODAY), paper(abstract="We train Transformers, twice."))
    assert shown.marked("[", "]") == "We train [Transformers], twice."
