"""Categories as people type them and as papers carry them."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv import taxonomy
from bot.errors import UnknownCategory
from bot.messages.problems import words_of
from tests.shared_data import SHARED, needs

SHARED_TABLE = SHARED / "taxonomy.csv"

categories = st.sampled_from(taxonomy.all_categories())
terms = st.sampled_from(taxonomy.every_term())


def expanded(pattern: str) -> list[str]:
    return [category.id for category in taxonomy.expand(pattern)]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("cs.CV", "cs.CV"),
        ("CS.cv", "cs.CV"),
        ("  [cs.CV] ", "cs.CV"),
        ("cs CV", "cs.CV"),
        ("csCV", "cs.CV"),
        ("cond-mat.STR-EL", "cond-mat.str-el"),
        ("Physics.Acc-Ph", "physics.acc-ph"),
        ("hepth", "hep-th"),
        ("cond-mat", "cond-mat"),
        # listed under two names
        ("math.MP", "math-ph"),
        ("stat.TH", "math.ST"),
        ("math.IT", "cs.IT"),
        ("q-fin.EC", "econ.GN"),
        ("cs.SY", "eess.SY"),
        ("cs.NA", "math.NA"),
        # closed archives
        ("cmp-lg", "cs.CL"),
        ("ALG-GEOM", "math.AG"),
        ("chao-dyn", "nlin.CD"),
        ("supr-con", "cond-mat.supr-con"),
        ("bayes-an", "physics.data-an"),
    ],
)
def test_any_spelling_or_alias_names_its_category(text: str, identifier: str) -> None:
    assert taxonomy.resolve(text).id == identifier


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("computer vision", "cs.CV"),
        ("Computer Vison", "cs.CV"),
        ("machine learning", "cs.LG"),
        ("robots", "cs.RO"),
        ("deep learning", "cs.LG"),
        ("cs.CVV", "cs.CV"),
        ("hep-tn", "hep-th"),
        ("astroph.COS", "astro-ph.CO"),
        ("cs", "cs.*"),
        ("cs.XX", "cs.*"),
    ],
)
def test_an_unknown_category_is_answered_with_close_ones(text: str, suggestion: str) -> None:
    with pytest.raises(UnknownCategory) as error:
        taxonomy.resolve(text)
    assert suggestion in error.value.suggestions
    assert suggestion in words_of(error.value)
    assert len(error.value.suggestions) <= 3


@pytest.mark.parametrize(
    "text", ["", "...", "*", "cs.*", "\ud800", "68T05", "x" * 5000, "la " * 2000]
)
def test_nonsense_is_unknown_and_harmless(text: str) -> None:
    with pytest.raises(UnknownCategory):
        taxonomy.resolve(text)


def test_a_paper_counts_each_of_its_categories_once_primary_first() -> None:
    assert taxonomy.canonical(["eess.SY", "cs.SY", "math.OC"]) == ("eess.SY", "math.OC")
    assert taxonomy.canonical(["cs.NA", "cs.CE", "math.NA"]) == ("math.NA", "cs.CE")
    assert taxonomy.canonical(["cmp-lg", "cs.CL"]) == ("cs.CL",)
    assert taxonomy.canonical(["astro-ph", "gr-qc"]) == ("astro-ph", "gr-qc")


def test_codes_that_are_no_categories_are_dropped() -> None:
    assert taxonomy.canonical(["cs.CV", "68T45", "I.2.10; I.4", "F.2.2", "cs.LG"]) == (
        "cs.CV",
        "cs.LG",
    )
    assert taxonomy.canonical(["05C10 (Primary)"]) == ()


@given(st.lists(terms.map(lambda category: category.id) | st.text(max_size=8)))
def test_canonical_terms_stay_as_they_are(found: list[str]) -> None:
    once = taxonomy.canonical(found)
    assert taxonomy.canonical(once) == once
    assert len(set(once)) == len(once)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("CS.cl", "cs.CL"),
        ("cs.SY", "eess.SY"),
        ("COND-MAT.*", "cond-mat.*"),
        ("cond-mat", "cond-mat.*"),
        ("condmat", "cond-mat.*"),
        ("cs", "cs.*"),
        ("cs.", "cs.*"),
        ("cs*", "cs.*"),
        ("hep-th", "hep-th"),
        ("HEP-TH.*", "hep-th"),
        ("math", "math.*"),
        ("physics", "physics.*"),
        ("cmp-lg", "cs.CL"),
        ("GRP_PHYSICS", "grp_physics"),
        (" * ", "*"),
    ],
)
def test_equal_patterns_have_one_spelling(text: str, pattern: str) -> None:
    assert taxonomy.resolve_pattern(text) == pattern
    assert taxonomy.resolve_pattern(pattern) == pattern


@pytest.mark.parametrize("text", ["", "foo.*", "cs.C*", "cs.CV.*", "*.CV", "**", "grp_magic"])
def test_a_pattern_that_covers_nothing_is_unknown(text: str) -> None:
    with pytest.raises(UnknownCategory):
        taxonomy.resolve_pattern(text)


def test_an_archive_covers_its_categories_and_those_it_lists_under_another_name() -> None:
    assert {"cs.AI", "cs.CV", "cs.SE", "eess.SY", "math.NA"} < set(expanded("cs.*"))
    assert "stat.ML" not in expanded("cs")
    assert len(expanded("cs")) == 40
    assert {"math-ph", "cs.IT"} < set(expanded("math"))
    assert set(expanded("econ")) == {"econ.EM", "econ.GN", "econ.TH"}


def test_an_archive_that_was_a_category_covers_the_papers_of_that_time() -> None:
    assert "cond-mat" in expanded("cond-mat.*")
    assert taxonomy.matches("cond-mat", "cond-mat")
    assert taxonomy.matches("cond-mat.*", "supr-con")
    assert not taxonomy.matches("cond-mat.soft", "cond-mat")


def test_groups_and_everything() -> None:
    assert {"hep-th", "nlin.CD", "physics.optics", "astro-ph.CO"} < set(expanded("grp_physics"))
    assert "physics.optics" in expanded("physics")
    assert "hep-th" not in expanded("physics")
    assert set(expanded("*")) > {category.id for category in taxonomy.all_categories()}


def test_feeds_are_asked_for_active_categories_once_each() -> None:
    feeds = taxonomy.feeds(["cs", "stat.ML", "cs.LG", "cond-mat", "eess.SY"])
    assert feeds[0] == "cs.AI"
    assert {"stat.ML", "eess.SY", "cond-mat.soft"} < set(feeds)
    assert "cond-mat" not in feeds
    assert len(set(feeds)) == len(feeds)
    with pytest.raises(UnknownCategory):
        taxonomy.feeds(["cs", "magic"])


@given(terms)
def test_every_term_falls_under_its_own_pattern_archive_and_everything(
    category: taxonomy.Category,
) -> None:
    counted = taxonomy.resolve(category.id)
    assert counted.status in ("active", "legacy")
    assert taxonomy.matches("*", category.id)
    assert taxonomy.matches(category.archive, category.id)
    if counted.active:
        assert taxonomy.matches(category.id, category.id)
        assert taxonomy.expand(category.id) == (counted,)


def test_an_unknown_term_matches_nothing() -> None:
    assert not taxonomy.matches("*", "68T05")
    with pytest.raises(UnknownCategory):
        taxonomy.matches("magic", "cs.CV")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cs.L", ["cs.LG", "cs.LO"]),
        ("CS.LG", ["cs.LG"]),
        ("cv", ["cs.CV", "math.CV"]),
        ("math.mp", ["math-ph"]),
        ("machine l", ["cs.LG", "stat.ML"]),
        ("vision comp", ["cs.CV"]),
        ("hep", ["hep-ex", "hep-lat", "hep-ph", "hep-th"]),
        ("quantum ph", ["quant-ph"]),
        ("nothing like it", []),
    ],
)
def test_search_completes_ids_before_names(text: str, first: list[str]) -> None:
    assert [category.id for category in taxonomy.search(text)][: len(first) or 1] == first


def test_search_gives_what_a_menu_holds() -> None:
    assert len(taxonomy.search("")) == 25
    assert len(taxonomy.search("cs", limit=5)) == 5


@given(st.text(max_size=30))
def test_search_never_raises_and_gives_active_categories(text: str) -> None:
    assert all(category.active for category in taxonomy.search(text))


@given(categories)
def test_every_category_is_found_by_its_id_and_by_its_name(category: taxonomy.Category) -> None:
    assert taxonomy.search(category.id)[0] == category
    assert category in taxonomy.search(category.name)


def test_the_table_is_whole() -> None:
    assert len(taxonomy.every_term()) == 176
    assert len(taxonomy.all_categories()) == 149
    assert len({category.archive for category in taxonomy.all_categories()}) == 20
    assert len({category.group for category in taxonomy.every_term()}) == 8


@needs(SHARED_TABLE)
def test_the_collected_table() -> None:
    with SHARED_TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            category = taxonomy.lookup(row["category"])
            assert category is not None
            assert (category.id, category.name) == (row["category"], row["name"])
            assert (category.same_as or "") == row["alias_of"]
            assert (category.archive, category.group) == (row["archive"], row["group"])
