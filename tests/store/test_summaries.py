"""What is kept to be read fast says the same as what it is made of, in whatever order it came."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.arxiv import taxonomy
from bot.models import (
    Announcement,
    LearntFrom,
    Listed,
    Network,
    Outcome,
    RankedPaper,
    RankingQuery,
    ScorePart,
    Status,
)
from bot.ranking.order import in_order, matching
from bot.store import days, listing_totals, missing_posts, papers, posts, standings
from tests.factories import DAY, NOW, listed, paper, post
from tests.store import memory

DAYS = [DAY + timedelta(n) for n in range(5)]
IDS = ("2103.00001", "2103.00002", "2103.00003", "hep-th/9901001", "math/9901001")
CATEGORIES = ("cs.CL", "cs.CV", "eess.SY", "hep-th", "nonsense")
PATTERNS = ("cs.CL", "cs.*", "hep-th", "grp_physics", "*")

categories = st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3, unique=True).map(tuple)
saved = st.lists(
    st.builds(
        lambda arxiv_id, held, version, day, kind, learnt: Listed(
            paper=paper(arxiv_id, categories=held, version=version),
            day=day,
            announcement=kind,
            learnt_from=learnt,
        ),
        st.sampled_from(IDS),
        categories,
        st.integers(1, 3),
        st.sampled_from(DAYS),
        st.sampled_from([*Announcement]),
        st.sampled_from([LearntFrom.FEED, LearntFrom.BLOG, LearntFrom.COMPUTED]),
    ),
    max_size=12,
)
asked = st.lists(st.sampled_from(PATTERNS), max_size=2, unique=True)
spans = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(lambda s: (min(s), max(s)))


def _count(db: Database, start: date, end: date, patterns: list[str]) -> int:
    """The same, by looking at every listing."""
    wanted = {c.id for pattern in patterns for c in taxonomy.expand(pattern)}
    news = {
        item.paper.arxiv_id
        for day in DAYS
        if start <= day <= end
        for item in papers.of_day(db, day)
        if item.announcement.is_announcement and (not wanted or wanted & set(item.paper.categories))
    }
    return len(news)


@settings(deadline=None)
@given(saved, asked, spans)
def test_totals_are_what_counting_gives(
    items: list[Listed], patterns: list[str], span: tuple[date, date]
) -> None:
    with memory.archive() as db:
        for item in items:
            papers.save(db, [item], now=NOW)
        expected = _count(db, *span, patterns)
        assert listing_totals.listed(db, *span, patterns) == expected
        listing_totals.rebuild(db)
        assert listing_totals.listed(db, *span, patterns) == expected


def test_a_paper_that_was_news_twice_counts_once_in_a_period(db: Database) -> None:
    crossed = listed(day=DAYS[2], announcement=Announcement.CROSS)
    papers.save(db, [listed(day=DAYS[0]), crossed, listed("2103.00009", day=DAYS[2])], now=NOW)
    assert listing_totals.listed(db, DAYS[0], DAYS[2]) == 2
    assert listing_totals.listed(db, DAYS[0], DAYS[2], ["cs.CV"]) == 2
    assert listing_totals.listed(db, DAYS[0], DAYS[2], ["cs.CV", "hep-th"]) == 2
    assert listing_totals.listed(db, DAYS[1], DAYS[2]) == 2
    assert listing_totals.listed(db, DAYS[0], DAYS[0]) == 1


def ranked(arxiv_id: str, held: tuple[str, ...], score: int, likes: int) -> RankedPaper:
    part = ScorePart(
        network=Network.X, reposts=score - likes, likes=likes, rate=1, points=score, posts=1,
        people=1,
    )  # fmt: skip
    found = paper(arxiv_id, categories=held)
    return RankedPaper(
        rank=0,
        paper=found,
        score=score,
        exact_score=score + likes / 1000,
        parts=(part,),
        people=1,
        posts=(),
    )


stood = st.lists(
    st.tuples(
        st.sampled_from(DAYS),
        st.dictionaries(
            st.sampled_from(IDS), st.tuples(st.integers(49, 51), st.integers(0, 1)), max_size=4
        ),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(stood, asked, spans, st.integers(49, 51), st.integers(1, 4))
def test_the_best_are_those_of_the_whole_order(
    runs: list[tuple[date, dict[str, tuple[int, int]]]],
    patterns: list[str],
    span: tuple[date, date],
    bar: int,
    top: int,
) -> None:
    with memory.archive() as db:
        held = {i: (CATEGORIES[n],) for n, i in enumerate(IDS)}
        for arxiv_id in IDS:
            papers.save(db, [listed(arxiv_id, categories=held[arxiv_id])], now=NOW)
        for day, scores in runs:  # a day may be scored again
            standings.save(db, day, [ranked(i, held[i], s, k) for i, (s, k) in scores.items()])
        within = [day for day in DAYS if span[0] <= day <= span[1]]
        everything = in_order(matching(standings.between(db, *span, min_score=bar), patterns))
        query = RankingQuery(DAY, categories=tuple(patterns), min_score=bar)
        for is_whole in (False, True):
            found, count = standings.best(db, within, replace(query, top=top), is_whole=is_whole)
            assert (found, count) == (everything[:top], len(everything))
            assert standings.best(db, within, query, is_whole=is_whole)[0] == everything
            for page in range(1, 4):
                asked = replace(query, page=page, per_page=2)
                before, size = asked.place(count)
                found, _ = standings.best(db, within, asked, is_whole=is_whole)
                assert found == everything[before : before + size]
        for day in within:
            for r in in_order(standings.between(db, day, day, min_score=0)):
                assert standings.place(db, day, r.paper.arxiv_id) == r.rank
        assert standings.place(db, DAY, "2103.99999") == 0


def test_a_paper_that_changes_its_category_changes_in_rankings_too(db: Database) -> None:
    papers.save(db, [listed(IDS[0], categories=("cs.CL",))], now=NOW)
    standings.save(db, DAY, [ranked(IDS[0], ("cs.CL",), 60, 10)])
    papers.save(db, [listed(IDS[0], categories=("cs.CV",), version=2)], now=NOW)
    assert standings.best(db, [DAY], RankingQuery(DAY, categories=("cs.CL",), min_score=0))[1] == 0
    assert standings.best(db, [DAY], RankingQuery(DAY, categories=("cs.CV",), min_score=0))[1] == 1
    assert listing_totals.listed(db, DAY, DAY, ["cs.CL"]) == 0


def test_the_best_posts_follow_the_newest_counts(db: Database) -> None:
    found = [post(str(n), IDS[0], likes=n) for n in range(1, 6)]
    posts.save(db, found)
    assert [p.post_id for p in posts.best_of(db, [IDS[0]], 2)[IDS[0]]] == ["5", "4"]
    later = NOW + timedelta(hours=1)
    posts.save(db, [replace(found[0], likes=50, counted_at=later)])
    missing_posts.drop(db, Network.X, ["5"], at=later)
    best = posts.best_of(db, [IDS[0], IDS[1]], 2)
    assert [p.post_id for p in best[IDS[0]]] == ["1", "4"]
    assert best[IDS[1]] == []
    assert best[IDS[0]] == posts.of_paper(db, IDS[0])[:2]


def test_the_worst_outcome_of_several_days_stands(db: Database) -> None:
    def outcome(source: str, status: Status, n: int = 0) -> Outcome:
        return Outcome(source=source, status=status, at=NOW + timedelta(hours=n))

    days.add_outcomes(db, DAYS[0], "collect", [outcome("x", Status.FAILED)])
    days.add_outcomes(db, DAYS[0], "collect", [outcome("x", Status.OK, 1)])  # mended
    days.add_outcomes(db, DAYS[1], "collect", [outcome("x", Status.INCOMPLETE)])
    days.add_outcomes(db, DAYS[1], "collect", [outcome("bluesky", Status.OFF)])
    days.add_outcomes(db, DAYS[2], "collect", [outcome("bluesky", Status.FAILED)])
    found = days.worst(db, DAYS[:2], "collect")
    assert [(o.source, o.status) for o in found] == [
        ("bluesky", Status.OFF),
        ("x", Status.INCOMPLETE),
    ]
