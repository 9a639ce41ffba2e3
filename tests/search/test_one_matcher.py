"""Search, follows and digests find the same: ``matches``, the archive's index and the selection."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.delivery.selection import why_not
from bot.errors import QueryError
from bot.models import Announcement, Paper, RankedPaper, Stage
from bot.search import matches, parse, reasons, snippet
from bot.search.normalize import fold_symbols, symbol_words
from bot.store import papers, search
from tests import factories
from tests.store import memory

TODAY = date(2021, 4, 1)
CODE = factories.paper(
    "2103.00001",
    title="Verified Compilers for C++ and C#",
    authors=("Ada C. Example", "Weinan E"),
    abstract="We use A* search, A^* trees and an agents' F# code of size k^2 in C++17.",
)
HUBBLE = factories.paper(
    "2103.00002",
    title="The H₀ tension and a β-VAE",
    authors=("Søren Ørsted", "A. K. Muster"),
    categories=("astro-ph.CO", "cs.CV"),
    abstract="An analysis of Schrödinger's 𝒪(n²) bound, k₂ and ten Transformers.",
)
PLAIN = factories.paper(
    "2103.00003",
    title="A C compiler",
    authors=("Bo Muster",),
    categories=("cs.PL",),
    abstract="The letter k 2 times, H 0 and k2 and h0; a n2 matrix. See K. H. C.",
)
PAPERS = (CODE, HUBBLE, PLAIN)


def by_matches(text: str, paper: Paper) -> bool:
    return matches(parse(text, TODAY), paper, factories.DAY)


@pytest.fixture(scope="module")
def archive() -> Iterator[Database]:
    with memory.archive() as db:
        save(db, *PAPERS)
        yield db


@pytest.fixture(scope="module")
def archive_of_one() -> Iterator[Database]:
    with memory.archive() as db:
        yield db


def save(db: Database, *found: Paper) -> None:
    papers.save(db, [replace(factories.listed(), paper=each) for each in found], now=factories.NOW)


def by_index(db: Database, text: str) -> set[str]:
    return {hit.paper.arxiv_id for hit in search.find(db, parse(text, TODAY)).hits}


def by_selection(text: str, paper: Paper, *, excluded: bool = False) -> bool:
    words = (text,)
    rule = factories.rule(exclusions=words) if excluded else factories.rule(keywords=words)
    ranked = RankedPaper(rank=1, paper=paper, score=1, exact_score=1, parts=(), people=1, posts=())
    verdict = why_not(
        rule, paper.arxiv_id, (ranked,), {paper.arxiv_id: Announcement.NEW}, default_bar=0
    )
    return verdict.stage is (Stage.EXCLUSION if excluded else None)


TABLE = [
    # symbols
    ("C++", {"1"}),
    ("c++", {"1"}),
    ("C#", {"1"}),
    ("F#", {"1"}),
    ("A*", {"1"}),
    ("A^*", {"1"}),
    ("$A^*$", {"1"}),
    ('"A* search"', {"1"}),
    ('"trees A*"', set()),
    ("A+", set()),
    ("k^2", {"1"}),
    ("k²", {"1"}),
    ("$k^2$", {"1"}),
    ("k_2", {"2"}),
    ("k2", {"2", "3"}),
    ("H_0", {"2"}),
    ("$H_0$", {"2"}),
    ("H₀", {"2"}),
    ("title:H_0", {"2"}),
    ("title:A*", set()),
    ("O(n^2)", {"2"}),
    ("O(n2)", {"2"}),
    ("title:C++ title:C#", {"1"}),
    ("compiler -C++", {"3"}),
    ("D++", set()),
    # a letter is no initial
    ("c", {"1", "3"}),
    ("h", {"3"}),
    ("author:c", set()),
    ("author:e", {"1"}),
    ("author:k", set()),
    ('author:"A. Example"', {"1"}),
    ('author:"c example"', {"1"}),
    ('"ada c"', {"1"}),
    # words
    ("transformer", {"2"}),
    ("analyses", {"2"}),
    ("compiler", {"1", "3"}),
    ('"compiler"', {"3"}),
    ("beta-VAE", {"2"}),
    (r"$\beta$-VAE", {"2"}),
    ("schrodinger", {"2"}),
    (r"Schr\"odinger", {"2"}),
    ("orsted", {"2"}),
    ("search trees", {"1"}),
    ("trees search", {"1"}),
    ('"trees search"', set()),
    ("author:muster", {"2", "3"}),
    ("author:muster cat:cs.PL", {"3"}),
    ("title:tension", {"2"}),
    ("title:analysis", set()),
    ("cat:cs.CV", {"1", "2"}),
    ("cat:astro-ph.*", {"2"}),
    ("cs.PL", {"3"}),
    ("compil*", {"1", "3"}),
]


@pytest.mark.parametrize(("text", "ends"), TABLE)
def test_all_find_the_same(archive: Database, text: str, ends: set[str]) -> None:
    wanted = {f"2103.0000{end}" for end in ends}
    assert {p.arxiv_id for p in PAPERS if by_matches(text, p)} == wanted
    assert by_index(archive, text) == wanted
    assert {p.arxiv_id for p in PAPERS if by_selection(text, p)} == wanted
    assert {p.arxiv_id for p in PAPERS if by_selection(text, p, excluded=True)} == wanted


VERSIONS = count(2)
WORDS = [
    *("C++", "c", "C", "A*", "A", "k^2", "k²", "k2", "k", "2", "H_0", "H₀", "H 0", "β", "beta"),
    *("graphs", "graph", "matrices", "matrix", "E", "Erdős", "C#", "x_{ij}", "n+1", "10⁻³"),
]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
QUERIES = st.lists(
    st.tuples(st.sampled_from(["", "", "title:", "author:", "-"]), st.sampled_from(WORDS)),
    min_size=1,
    max_size=3,
).map(lambda parts: " ".join(f"{field}{word.replace(' ', '-')}" for field, word in parts))


@settings(max_examples=60, deadline=None)
@given(QUERIES, TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_whatever_is_asked_all_say_the_same_and_why(
    archive_of_one: Database, text: str, title: str, abstract: str, authors: list[str]
) -> None:
    try:
        query = parse(text, TODAY)
    except QueryError:
        return
    paper = replace(
        CODE, title=title, abstract=abstract, authors=tuple(authors), version=next(VERSIONS)
    )
    save(archive_of_one, paper)
    found = by_matches(text, paper)
    assert bool(by_index(archive_of_one, text)) is found
    assert by_selection(text, paper) is found
    if not found:
        return
    for term, (_, place) in zip(
        dict.fromkeys(query.terms), reasons(query, title, tuple(authors)), strict=False
    ):
        only = {"title": replace(paper, abstract="", authors=()),
                "abstract": replace(paper, title="", authors=()),
                "author": replace(paper, title="", abstract="")}[place]  # fmt: skip
        assert matches(replace(query, terms=(term,), without=()), only, factories.DAY)


def test_what_is_shown_marks_the_symbols_alone() -> None:
    paper = replace(CODE, abstract="A C of C++, (C++) and C. An H₀, H_0 or H 0.")
    assert snippet(parse("C++", TODAY), paper).marked("[", "]").startswith("A C of [C++], ([C++])")
    assert "An [H₀], [H_0] or H 0." in snippet(parse("H_0", TODAY), paper).marked("[", "]")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("C++11 (C++) n+1 a**b +x", "c++ 11 c++ n 1 a b x"),
        ("k² k^2 k^{2} 10⁻³ 10^{-3}", "k^2 k^2 k^2 10^-3 10^-3"),
        ("xᵢⱼ^2 A⋆ A^{*} C♯ train_test", "x_ij^2 a* a* c# train_test"),
        ("Δ β_1 Ørsted", "delta beta_1 orsted"),
    ],
)
def test_symbols_belong_to_their_words(text: str, folded: str) -> None:
    assert fold_symbols(text) == f" {folded} "


@given(st.text(st.sampled_from("aZ09²₀⁻+#*^_{}-∗⋆♯Δβ ø.") | st.characters()))
def test_any_text_has_words_with_symbols(text: str) -> None:
    folded = fold_symbols(text)
    assert folded == f" {' '.join(folded.split())} "
    assert all(any(c.isalnum() for c in word) for word in folded.split())
    assert set(symbol_words(text)) <= set(folded.split())
