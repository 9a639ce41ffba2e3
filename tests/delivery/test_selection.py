"""What a rule gets for a slot, and why another paper was left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.selection import Choice, Verdict, choose, why_not
from bot.messages.problems import render
from bot.models import Announcement, Paper, RankedPaper, Rule, Stage
from bot.problems import Code, Problem
from tests import factories


def ranked(*papers: Paper, scores: tuple[float, ...] = ()) -> tuple[RankedPaper, ...]:
    """Papers with falling scores from 100 in steps of 10, or the ones given."""
    return tuple(
        RankedPaper(
            rank=place,
            paper=paper,
            score=scores[place - 1] if scores else 110 - 10 * place,
            exact_score=scores[place - 1] if scores else 110 - 10 * place,
            parts=(),
            people=1,
            posts=(),
        )
        for place, paper in enumerate(papers, 1)
    )


def ids(choice: Choice) -> list[str]:
    return [entry.paper.arxiv_id for entry in choice.papers]


def verdict(
    rule: Rule, paper: Paper, announcement: Announcement = Announcement.NEW, score: float = 100
) -> Verdict:
    return why_not(
        rule,
        paper.arxiv_id,
        ranked(paper, scores=(score,)),
        {paper.arxiv_id: announcement},
        default_bar=50,
    )


def says(keyword: str, title: str, abstract: str = "", authors: tuple[str, ...] = ()) -> bool:
    paper = factories.paper(title=title, abstract=abstract, authors=authors)
    return verdict(factories.rule(keywords=(keyword,)), paper).stage is None


NEURAL = factories.paper("2103.00001", categories=("cs.CL", "cs.LG"))
VISION = factories.paper("2103.00002", categories=("cs.CV", "cs.CL"))
SOLID = factories.paper("2103.00003", categories=("cond-mat.str-el",))
THEORY = factories.paper("2103.00004", categories=("hep-th",))
ALL = ranked(NEURAL, VISION, SOLID, THEORY)


# --- choosing -----------------------------------------------------------------------------------


def test_a_rule_without_wishes_gets_the_top_papers_above_the_bar() -> None:
    choice = choose(factories.rule(top=2), ALL, {}, default_bar=75)
    assert ids(choice) == ["2103.00001", "2103.00002"]
    assert (choice.considered, choice.above_bar, choice.bar) == (4, 3, 75)
    assert choice.nearest_below is ALL[3]
    assert choice.left_out == {"2103.00003": Stage.BEYOND_TOP, "2103.00004": Stage.BAR}


def test_places_are_counted_anew_for_the_channel() -> None:
    choice = choose(factories.rule(categories=("hep-th", "cs.CV")), ALL, {}, default_bar=0)
    assert [(entry.rank, entry.paper.primary) for entry in choice.papers] == [
        (1, "cs.CV"),
        (2, "hep-th"),
    ]
    assert choice.considered == 2


def test_the_rules_own_bar_goes_before_the_archives() -> None:
    assert len(choose(factories.rule(bar=95), ALL, {}, default_bar=0).papers) == 1
    assert len(choose(factories.rule(bar=0), ALL, {}, default_bar=999).papers) == 4


def test_nothing_above_the_bar_names_the_nearest_of_the_subject() -> None:
    choice = choose(factories.rule(categories=("cond-mat.*",)), ALL, {}, default_bar=500)
    assert choice.papers == ()
    assert (choice.considered, choice.above_bar) == (1, 0)
    assert choice.nearest_below is ALL[2]


def test_an_empty_day_has_an_empty_choice() -> None:
    choice = choose(factories.rule(), (), {}, default_bar=50)
    assert (choice.papers, choice.considered, choice.nearest_below) == ((), 0, None)


def test_a_paper_that_the_channel_has_had_makes_room_for_the_next() -> None:
    choice = choose(factories.rule(top=2), ALL, {}, default_bar=75, already={"2103.00001"})
    assert ids(choice) == ["2103.00002", "2103.00003"]
    assert choice.left_out["2103.00001"] is Stage.ALREADY_POSTED
    assert choice.above_bar == 3


# --- categories ---------------------------------------------------------------------------------


def test_any_category_of_a_paper_counts_when_cross_lists_are_wanted() -> None:
    assert ids(choose(factories.rule(categories=("cs.CL",)), ALL, {}, default_bar=0)) == [
        "2103.00001",
        "2103.00002",
    ]


def test_without_cross_lists_only_the_primary_category_counts() -> None:
    rule = factories.rule(categories=("cs.CL",), cross_lists=False)
    choice = choose(rule, ALL, {}, default_bar=0)
    assert ids(choice) == ["2103.00001"]
    assert choice.left_out["2103.00002"] is Stage.CROSS_LIST


@pytest.mark.parametrize("categories", [(), ("cs.CL",)])
def test_a_later_cross_listing_is_not_new_in_its_primary_category(
    categories: tuple[str, ...],
) -> None:
    crossed = {NEURAL.arxiv_id: Announcement.CROSS}
    without = factories.rule(categories=categories, cross_lists=False)
    assert NEURAL.arxiv_id not in ids(choose(without, ALL, crossed, default_bar=0))
    wanted = factories.rule(categories=categories)
    assert NEURAL.arxiv_id in ids(choose(wanted, ALL, crossed, default_bar=0))


@pytest.mark.parametrize("announcement", [Announcement.REPLACE, Announcement.REPLACE_CROSS])
def test_a_replacement_is_never_chosen(announcement: Announcement) -> None:
    found = verdict(factories.rule(bar=0), NEURAL, announcement)
    assert found.stage is Stage.NOT_HARVESTED
    assert found.reason.code is Code.PAPER_ONLY_REPLACED


def test_a_pattern_that_no_table_knows_does_not_spoil_the_others() -> None:
    rule = factories.rule(categories=("cs.NOSUCH", "hep-th"))
    assert ids(choose(rule, ALL, {}, default_bar=0)) == ["2103.00004"]


# --- keywords -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyword", "found"),
    [
        ("transformer", True),
        ("TRANSFORMER", True),
        ("transform", False),
        ("speculative decoding", True),
        ("decoding speculative", True),
        ('"speculative decoding"', True),
        ('"decoding speculative"', False),
        ('"speculative decoding', True),
        ('faster "speculative decoding"', True),
        ('slower "speculative decoding"', False),
        ("gpt-4", True),
        ("4-gpt", False),
        ('"decoding we"', False),
        ("schrodinger", True),
        ("Schrödinger", True),
        ("lukasz", True),
        ("author:kaiser", True),
        ("Author:łukasz kaiser", True),
        ('author:"kaiser łukasz"', True),
        ('author:"chen kaiser"', False),
        ("author:łukasz author:nobody", False),
        ("author:chen kaiser", True),
        ("venue:nature", False),
        ("author:transformer", False),
        ("", False),
        ("  ", False),
        ('""', False),
        ('"', False),
        ("???", False),
        ("author:", False),
        ("(.*", False),
    ],
)
def test_a_keyword(keyword: str, found: bool) -> None:
    assert found is says(
        keyword,
        title="Faster Transformer by Speculative Decoding",
        abstract="We beat GPT-4 on the Schrödinger task.",
        authors=("Łukasz Kaiser", "Wei Chen"),
    )


def test_one_of_several_keywords_is_enough_and_one_exclusion_too_many() -> None:
    survey = factories.paper(title="A Survey of Graphs")
    assert verdict(factories.rule(keywords=("diffusion", "graphs")), survey).stage is None
    found = verdict(factories.rule(keywords=("graphs",), exclusions=("x", "survey")), survey)
    assert found.stage is Stage.EXCLUSION
    assert found.reason == Problem(Code.KEYWORD_EXCLUDED, keyword="survey")


def test_an_exclusion_of_nothing_excludes_nothing() -> None:
    assert verdict(factories.rule(exclusions=("", "...", '"')), factories.paper()).stage is None


@given(st.text(), st.text(), st.text())
def test_no_keyword_and_no_text_raises(keyword: str, title: str, author: str) -> None:
    says(keyword, title=title, authors=(author,))
    says(f"author:{keyword}", title=title, authors=(author,))


# --- why not ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "paper", "sentence"),
    [
        (
            factories.rule(categories=("cs.CL",)),
            factories.paper(categories=("cs.CV",)),
            "It is cs.CV; this channel asked for cs.CL.",
        ),
        (
            factories.rule(categories=("cs.CL", "cs.IR", "hep-*")),
            factories.paper(categories=("cs.CV", "cs.LG", "cs.AI")),
            "It is cs.CV, cs.LG and cs.AI; this channel asked for cs.CL, cs.IR or hep-*.",
        ),
        (
            factories.rule(categories=("cs.CL",), cross_lists=False),
            factories.paper(categories=("cs.CV", "cs.CL")),
            "It is cs.CV and only cross-listed to cs.CL; this channel takes no cross-lists.",
        ),
        (
            factories.rule(keywords=("graph", '"large model"')),
            factories.paper(),
            'Its title, abstract and authors do not say "graph" or "large model", '
            "which this channel asked for.",
        ),
        (
            factories.rule(bar=200),
            factories.paper(),
            "Its score is 100; this channel's bar is 200.",
        ),
        (
            factories.rule(bar=100.5),
            factories.paper(),
            "Its score is 100; this channel's bar is 100.5.",
        ),
    ],
)
def test_a_sentence_says_why(rule: Rule, paper: Paper, sentence: str) -> None:
    assert render(verdict(rule, paper).reason) == sentence


def test_a_paper_that_was_not_harvested_is_named() -> None:
    found = why_not(factories.rule(), "2103.99999", ALL, {}, default_bar=50)
    assert found == Verdict(
        Stage.NOT_HARVESTED, Problem(Code.PAPER_NOT_HARVESTED, arxiv_id="2103.99999")
    )


def test_a_paper_beyond_the_top_is_told_its_place() -> None:
    found = why_not(factories.rule(top=2), SOLID.arxiv_id, ALL, {}, default_bar=0, already=())
    assert found.stage is Stage.BEYOND_TOP
    assert render(found.reason) == "It is number 3 of those above the bar; this channel takes 2."


def test_a_paper_posted_before_is_told_so() -> None:
    found = why_not(
        factories.rule(), SOLID.arxiv_id, ALL, {}, default_bar=0, already=[SOLID.arxiv_id]
    )
    assert found.stage is Stage.ALREADY_POSTED


def test_a_paper_that_is_posted_is_told_its_place() -> None:
    assert why_not(factories.rule(), VISION.arxiv_id, ALL, {}, default_bar=0) == Verdict(
        None, Problem(Code.SELECTED, place=2, papers=4)
    )


@given(
    st.builds(
        factories.rule,
        categories=st.sampled_from([(), ("cs.CL",), ("cs.*", "hep-th")]),
        cross_lists=st.booleans(),
        keywords=st.sampled_from([(), ("invented",), ("ada -",), ("nowhere",)]),
        exclusions=st.sampled_from([(), ("2103.00003",), ("author:muster",)]),
        bar=st.sampled_from([None, 0.0, 85.0, 1000.0]),
        top=st.integers(1, 5),
    ),
    st.dictionaries(
        st.sampled_from([e.paper.arxiv_id for e in ALL]), st.sampled_from(list(Announcement))
    ),
    st.sets(st.sampled_from([e.paper.arxiv_id for e in ALL])),
)
def test_every_paper_is_chosen_or_left_out_with_the_stage_that_why_not_tells(
    rule: Rule, announcements: dict[str, Announcement], already: set[str]
) -> None:
    choice = choose(rule, ALL, announcements, default_bar=75, already=already)
    everything = {entry.paper.arxiv_id for entry in ALL}
    assert set(ids(choice)) | choice.left_out.keys() == everything
    assert not set(ids(choice)) & (choice.left_out.keys() | already)
    assert [entry.rank for entry in choice.papers] == list(range(1, len(choice.papers) + 1))
    for arxiv_id in everything:
        found = why_not(rule, arxiv_id, ALL, announcements, default_bar=75, already=already)
        assert found.stage == choice.left_out.get(arxiv_id)
        assert render(found.reason).endswith(".")
