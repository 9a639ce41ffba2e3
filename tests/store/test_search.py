"""The full-text index on real SQLite: it finds what the query means, however the paper changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.arxiv import taxonomy
from bot.models import Announcement, Network, Paper, RankedPaper, ScorePart
from bot.search import matches, parse
from bot.store import category_patterns, full_text_index, papers, search, standings
from tests.factories import DAY, NOW, listed, paper
from tests.store import memory

TODAY = date(2021, 4, 1)


def ids(db: Database, text: str, limit: int = 10) -> list[str]:
    return [hit.paper.arxiv_id for hit in search.find(db, parse(text, TODAY), limit=limit).hits]


def notice(db: Database, day: date, scores: dict[str, float]) -> None:
    standings.save(db, day, [_ranked(paper(i), score) for i, score in scores.items()])


def _ranked(found: Paper, score: float) -> RankedPaper:
    part = ScorePart(
        network=Network.X, reposts=0, likes=int(score), rate=1, points=score, posts=1, people=1
    )
    return RankedPaper(
        rank=0, paper=found, score=score, exact_score=score, parts=(part,), people=1, posts=()
    )


def sound(db: Database) -> None:
    """FTS5's own check, and that each paper has its row and no other row is there."""
    db.conn.execute("INSERT INTO papers_fts (papers_fts) VALUES ('integrity-check')")
    held = {row[0] for row in db.conn.execute("SELECT id FROM papers_fts_docsize")}
    wanted = {
        row[full_text_index.ROWID] for row in db["papers"].rows_where(select=full_text_index.ROWID)
    }
    assert held == wanted


def test_a_paper_is_found_by_its_texts_authors_categories_and_days(db: Database) -> None:
    first = listed("2103.00001", title="Vision with β-VAE", categories=("cs.CV", "eess.IV"))
    other = listed("2104.00002", day=DAY + timedelta(40), title="Decoding", categories=("cs.CL",))
    papers.save(db, [first, other], now=NOW)
    assert ids(db, "beta-vae") == ["2103.00001"]
    assert ids(db, "author:muster decoding") == ["2104.00002"]
    assert ids(db, "cat:eess.*") == ["2103.00001"]
    assert ids(db, "cat:grp_cs") == ["2104.00002", "2103.00001"]
    assert ids(db, "after:2021-04") == ["2104.00002"]
    assert ids(db, "before:2021-04-01") == ["2103.00001"]
    assert ids(db, "on:2021-03-30") == ["2103.00001"]
    assert ids(db, "on:2021 -vision") == ["2104.00002"]
    assert ids(db, "https://arxiv.org/abs/2104.00002") == ["2104.00002"]
    assert ids(db, "2104.99999") == []


def test_all_words_of_an_author_are_in_one_name(db: Database) -> None:
    papers.save(db, [listed("2103.00001", authors=("Ada Example", "Bo Muster"))], now=NOW)
    assert ids(db, 'author:"Example, Ada"') == ["2103.00001"]
    assert ids(db, 'author:"A. Example"') == ["2103.00001"]
    assert ids(db, 'author:"Ada Muster"') == []
    assert ids(db, '"Example Bo"') == []
    assert ids(db, 'author:ada -author:"Bo Example"') == ["2103.00001"]
    assert ids(db, 'author:ada -author:"B. Muster"') == []


def test_a_changed_paper_is_found_as_it_is_now(db: Database) -> None:
    papers.save(db, [listed("2103.00001", title="An Early Title")], now=NOW)
    papers.save(db, [listed("2103.00001", title="A Late Title", version=2)], now=NOW)
    assert ids(db, "early") == []
    assert ids(db, "late") == ["2103.00001"]
    sound(db)


def test_saving_the_same_again_leaves_the_index_alone(db: Database) -> None:
    papers.save(db, [listed("2103.00001")], now=NOW)
    before = db.conn.total_changes
    papers.save(db, [listed("2103.00001")], now=NOW)
    assert db.conn.total_changes - before <= 2  # the paper's row and its listing's


def test_the_day_is_that_of_the_first_listing_as_news(db: Database) -> None:
    replaced = listed(day=DAY - timedelta(1), announcement=Announcement.REPLACE)
    papers.save(db, [replaced], now=NOW)
    papers.save(db, [listed(), listed(day=DAY + timedelta(1))], now=NOW)
    (hit,) = search.find(db, parse("study", TODAY)).hits
    assert hit.day == DAY
    assert ids(db, "on:2021-03-30") == ["2103.15691"]


def test_of_equal_texts_the_more_noticed_comes_first_then_the_newer(db: Database) -> None:
    papers.save(db, [listed(f"2103.0000{n}", title="Decoding") for n in range(1, 5)], now=NOW)
    assert ids(db, "decoding") == ["2103.00004", "2103.00003", "2103.00002", "2103.00001"]
    notice(db, DAY, {"2103.00002": 900, "2103.00003": 30})
    assert ids(db, "decoding") == ["2103.00002", "2103.00003", "2103.00004", "2103.00001"]
    hit = search.find(db, parse("decoding", TODAY)).hits[0]
    assert (hit.attention, hit.text_part) == (900, 1.0)
    assert hit.relevance == hit.text_part + hit.attention_part
    notice(db, DAY, {"2103.00003": 30})
    assert ids(db, "decoding")[0] == "2103.00003"
    sound(db)


def test_a_word_in_the_title_outweighs_some_attention_but_not_any(db: Database) -> None:
    papers.save(
        db,
        [
            listed("2103.00001", title="Decoding"),
            listed("2103.00002", abstract="About decoding."),
            listed("2103.00003", abstract="About decoding."),
        ],
        now=NOW,
    )
    notice(db, DAY, {"2103.00001": 20, "2103.00002": 100, "2103.00003": 9000})
    assert ids(db, "decoding") == ["2103.00003", "2103.00001", "2103.00002"]


def test_of_very_many_matches_the_most_noticed_and_the_titles_are_compared(db: Database) -> None:
    many = [listed(f"2103.{n:05}", abstract="We study decoding.") for n in range(1, 301)]
    papers.save(db, [listed("2102.00001", title="Decoding"), *many], now=NOW)
    notice(db, DAY, {"2103.00007": 50})
    found = search.find(db, parse("decoding", TODAY), limit=2)
    assert [hit.paper.arxiv_id for hit in found.hits] == ["2102.00001", "2103.00007"]
    assert (found.matches, found.more) == (search.COMPARED + 1, True)


def test_a_rebuilt_index_answers_as_before(db: Database) -> None:
    papers.save(db, [listed(f"2103.0000{n}", title="Decoding") for n in range(1, 5)], now=NOW)
    notice(db, DAY, {"2103.00002": 900})
    before = ids(db, "decoding")
    full_text_index.rebuild(db)
    assert ids(db, "decoding") == before
    sound(db)


def test_the_patterns_of_a_paper_are_those_that_match_it() -> None:
    terms = taxonomy.every_term()
    patterns = {"*", "grp_cs"} | {t.archive for t in terms} | {t.id for t in terms}
    for term in terms:
        covering = set(category_patterns.covering([term.id]))
        for pattern in map(taxonomy.resolve_pattern, patterns):
            assert (pattern in covering) == taxonomy.matches(pattern, term.id)
    tokens = {category_patterns.token(p) for t in terms for p in category_patterns.covering([t.id])}
    assert len(tokens) == len({p for t in terms for p in category_patterns.covering([t.id])})


WORDS = (
    "graph", "graphs", "neural", "Erdős", "β-VAE", "O(n²)", "GPT-4", "deep", "Łukasz",
    "naïve\u00a0graph", "neural\u2009±3",
)  # fmt: skip
NAMES = ("Ada Graphs", "Ada Łukasz", "Bo Erdős", "Cy Deep Graph", "A. Neural", "Deep")
CATEGORIES = ("cs.CL", "cs.CV", "stat.ML", "hep-th", "eess.SY")
DATES = ("after:2020-12-15", "before:2021-02", "on:2021-01", "after:2020", "on:2020")

texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
days = st.dates(date(2020, 11, 1), date(2021, 2, 28))
some_papers = st.lists(
    st.builds(
        paper,
        title=texts,
        abstract=texts,
        authors=st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
        categories=st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=8,
)
terms = st.one_of(
    st.sampled_from([*WORDS, "neur*", "ne", "lukasz", '"neural graph"', '"graph deep"']),
    st.sampled_from(["author:deep", 'author:"graph cy"', 'author:"c graph"', "author:eep"]),
    st.sampled_from(["title:graph", 'title:"deep graph"', "cat:cs", "cat:cs.CL,hep-th", "cat:*"]),
)
queries = st.builds(
    lambda wanted, without, when: " ".join([*wanted, *(f"-{term}" for term in without), *when]),
    st.lists(terms, min_size=1, max_size=3),
    st.lists(terms, max_size=2),
    st.lists(st.sampled_from(DATES), max_size=1),
)


@settings(deadline=None)
@given(some_papers, st.lists(days, min_size=8, max_size=8), queries)
def test_the_index_finds_what_the_query_means(
    made: list[Paper], listing_days: list[date], text: str
) -> None:
    stored = [
        replace(listed(day=day), paper=replace(given, arxiv_id=f"2101.{n:05}"))
        for n, (given, day) in enumerate(zip(made, listing_days, strict=False), 1)
    ]
    query = parse(text, TODAY)
    wanted = {item.paper.arxiv_id for item in stored if matches(query, item.paper, item.day)}
    with memory.archive() as db:
        papers.save(db, stored, now=NOW)
        assert set(ids(db, text, limit=100)) == wanted


def test_an_index_made_without_symbols_gets_them(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(full_text_index, "symbol_words", lambda _text: [])
        papers.save(
            db,
            [listed("2103.00001", title="C++ and A*"), listed("2103.00002", title="A C study")],
            now=NOW,
        )
    assert ids(db, "C++") == []
    full_text_index.add_symbols(db)
    assert ids(db, "C++") == ids(db, "A*") == ["2103.00001"]
    assert ids(db, "study") == ["2103.00002"]
    papers.save(db, [listed("2103.00001", title="Now C#", version=2)], now=NOW)
    assert (ids(db, "C++"), ids(db, "C#")) == ([], ["2103.00001"])
    sound(db)
