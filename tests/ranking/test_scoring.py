"""Scores, their order and the reasons for both."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import SourcesSection, XSection
from bot.errors import InputError
from bot.models import Network, Post, RankedPaper
from bot.queries.replay import ChangeKind, diff
from bot.ranking.dedupe import collapse
from bot.ranking.scoring import Score, rank, rates, score, why
from tests import factories
from tests.words import raises_saying

RATES = rates(SourcesSection())
IDS = ("2103.15691", "2103.14030", "1412.0001", "hep-th/9901001", "2104.00001", "0704.0001")
PAPERS = tuple(factories.paper(arxiv_id) for arxiv_id in IDS)

counts = st.integers(0, 3000)
networks = st.sampled_from(list(Network))
awkward_rates = st.fixed_dictionaries(
    {network: st.decimals(0, 9, places=4).map(float) for network in Network}
)


@st.composite
def posts(draw: st.DrawFn, least: int = 0) -> list[Post]:
    rows = draw(
        st.lists(
            st.tuples(
                networks,
                counts,
                counts,
                st.integers(0, 4),
                st.sets(st.sampled_from(IDS), min_size=1),
            ),
            min_size=least,
            max_size=12,
        )
    )
    return [
        factories.post(str(number), *sorted(ids), network=n, reposts=r, likes=k, author_id=str(who))
        for number, (n, r, k, who, ids) in enumerate(rows)
    ]


def order(ranked: Sequence[RankedPaper]) -> list[str]:
    return [entry.paper.arxiv_id for entry in ranked]


def cents(points: float) -> Decimal:
    """A number as printed, with the two decimals that a reader sees."""
    return Decimal(f"{points:.2f}")


# --- counting -----------------------------------------------------------------------------------


def test_the_same_post_a_hundred_times_is_one_post() -> None:
    one = factories.post()
    assert collapse([one] * 100) == [one]
    assert score([one] * 100, RATES) == score([one], RATES)


def test_equal_ids_on_two_networks_are_two_posts() -> None:
    both = [factories.post("7"), factories.post("7", network=Network.BLUESKY)]
    assert len(collapse(both)) == 2


def test_the_newest_snapshot_of_a_post_stands_even_when_it_is_lower() -> None:
    early = factories.post(reposts=50, likes=50)
    late = replace(early, counted_at=early.counted_at + timedelta(hours=6), reposts=40, likes=45)
    assert collapse([late, early]) == collapse([early, late]) == [late]


def test_a_mastodon_post_seen_by_several_servers_has_the_highest_counts_seen() -> None:
    seen = factories.post("https://a.example/1", network=Network.MASTODON, reposts=3, likes=9)
    elsewhere = replace(seen, reposts=5, likes=2, replies=4)
    stale = replace(seen, likes=70, counted_at=seen.counted_at - timedelta(hours=1))
    (found,) = collapse([elsewhere, stale, seen])
    assert (found.reposts, found.likes, found.replies) == (5, 9, 4)


def test_an_edited_post_is_its_newest_edit() -> None:
    first = factories.post("100", reposts=500)
    second = factories.post("102", supersedes=("100",))
    third = factories.post("110", supersedes=("102", "100"), reposts=1)
    for given_order in ([first, second, third], [third, second, first], [second, third, first]):
        assert collapse(given_order) == [third]


def test_an_edit_chain_is_joined_through_an_edit_that_was_never_seen() -> None:
    first = factories.post("100", supersedes=("99",))
    last = factories.post(
        "110", supersedes=("99",), posted_at=first.posted_at + timedelta(minutes=9)
    )
    assert collapse([last, first]) == [last]


def test_edits_that_all_name_each_other_leave_the_newest() -> None:
    chain = ("99", "100", "102")
    edits = [factories.post(post_id, supersedes=chain) for post_id in chain]
    assert [post.post_id for post in collapse(edits)] == ["102"]


@given(posts(), st.randoms())
def test_the_order_of_sightings_does_not_matter(found: list[Post], rng: random.Random) -> None:
    later = [
        replace(post, counted_at=factories.NOW + timedelta(hours=1), likes=1) for post in found[::2]
    ]
    rivals = [replace(post, likes=post.likes + 1, author="other") for post in found[::3]]
    edits = [
        replace(post, post_id="9" + post.post_id, supersedes=(post.post_id,)) for post in found
    ]
    sightings = [*found, *later, *rivals, *edits[:2]]
    expected = collapse(sightings)
    rng.shuffle(sightings)
    assert collapse(sightings) == expected
    assert collapse(expected) == expected


# --- scores -------------------------------------------------------------------------------------


@given(st.lists(st.tuples(counts, counts)))
def test_with_x_alone_a_score_is_exactly_the_blogs_sum(rows: list[tuple[int, int]]) -> None:
    found = [factories.post(str(i), reposts=r, likes=k) for i, (r, k) in enumerate(rows)]
    total = score(found, RATES).value
    assert total == sum(r + k for r, k in rows)


@pytest.mark.parametrize(
    ("network", "interest"),
    [
        (Network.X, 50),
        (Network.BLUESKY, 25),
        (Network.MASTODON, 25),
        (Network.HACKERNEWS, 20),
        (Network.HUGGINGFACE, 10),
    ],
)
def test_a_paper_at_one_networks_own_bar_reaches_the_bar(network: Network, interest: int) -> None:
    assert score([factories.post(network=network, reposts=0, likes=interest)], RATES).value == 50


def test_parts_name_counts_posts_and_people_of_each_network() -> None:
    found = score(
        [
            factories.post("1", reposts=3, likes=4, author_id="a"),
            factories.post("2", reposts=1, likes=0, author_id="a"),
            factories.post("3", network=Network.HACKERNEWS, reposts=0, likes=9, author_id="a"),
        ],
        RATES,
    )
    x, news = found.parts
    assert (x.network, x.reposts, x.likes, x.rate, x.points) == (Network.X, 4, 4, 1.0, 8.0)
    assert (x.posts, x.people) == (2, 1)
    assert (news.network, news.points, news.people) == (Network.HACKERNEWS, 22.5, 1)
    assert found.value == 30.5


def test_no_posts_score_nothing() -> None:
    assert score([], RATES) == Score(0, 0, ())


def test_a_link_list_can_be_split_between_its_papers() -> None:
    listing = factories.post("1", *IDS[:3], reposts=10, likes=90)
    assert score([listing], RATES).value == 100
    found = score([listing], RATES, split_links=True)
    (part,) = found.parts
    assert found.value == part.points == 33.33
    assert found.exact == 100 / 3
    assert (part.reposts, part.likes) == (10, 90)


@given(posts(), awkward_rates, st.booleans())
def test_the_parts_of_a_score_add_up_as_printed(
    found: list[Post], given_rates: dict[Network, float], split: bool
) -> None:
    explained = why(found, given_rates, split_links=split)
    scored = score(found, given_rates, split_links=split)
    total, parts = scored.value, scored.parts
    assert (explained.score, tuple(n.part for n in explained.networks)) == (total, parts)
    assert sum((cents(part.points) for part in parts), Decimal()) == cents(total)
    for network in explained.networks:
        assert sum(cents(p.points) for p in network.posts) == cents(network.part.points)
    exact = sum(
        Fraction(str(given_rates[p.network])) * p.interest / (len(p.arxiv_ids) if split else 1)
        for p in found
    )
    assert abs(Fraction(str(total)) - exact) <= Fraction(1, 200)


@given(posts(), st.booleans())
def test_without_rounding_every_part_is_its_rate_times_its_counts(
    found: list[Post], hundredth: bool
) -> None:
    given_rates = {**RATES, Network.BLUESKY: 1.37 if hundredth else 2.0}
    for network in why(found, given_rates).networks:
        part = network.part
        assert cents(part.points) == cents(part.rate * (part.reposts + part.likes))
        for post_part in network.posts:
            assert cents(post_part.points) == cents(part.rate * post_part.post.interest)
            assert post_part.share == 1


@pytest.mark.parametrize("rate", [-1.0, float("inf"), float("nan")])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with raises_saying(InputError, "rate of bluesky"):
        score([factories.post()], {**RATES, Network.BLUESKY: rate})


def test_rates_come_from_the_settings() -> None:
    assert rates(SourcesSection(x=XSection(rate=0.5)))[Network.X] == 0.5
    assert set(RATES) == set(Network)


# --- order --------------------------------------------------------------------------------------


def test_papers_come_by_score() -> None:
    found = [factories.post("1", IDS[0], likes=30), factories.post("2", IDS[1], likes=300)]
    ranked = rank(PAPERS[:2], found, RATES)
    assert [(entry.rank, entry.paper.arxiv_id) for entry in ranked] == [(1, IDS[1]), (2, IDS[0])]


def test_ties_go_to_the_older_id_whatever_was_liked_by_whomever() -> None:
    a, b, c, d = IDS[:4]
    found = [
        factories.post("1", a, reposts=6, likes=54),
        factories.post("2", b, reposts=10, likes=50),
        factories.post("3", c, reposts=5, likes=25, author_id="one"),
        factories.post("4", c, reposts=5, likes=25, author_id="two"),
        factories.post("5", d, reposts=10, likes=50),
    ]
    assert order(rank(PAPERS[:4], found, RATES)) == [d, c, b, a]


def test_rounding_decides_no_place() -> None:
    older, newer = "2103.14030", "2103.15691"
    found = [
        factories.post("1", older, reposts=0, likes=100),
        factories.post("2", newer, reposts=0, likes=100, network=Network.BLUESKY),
    ]
    ranked = rank(PAPERS[:2], found, {**RATES, Network.BLUESKY: 1.00001})
    assert [entry.score for entry in ranked] == [100, 100]
    assert order(ranked) == [newer, older]


def test_one_person_on_two_networks_is_counted_on_each() -> None:
    found = [factories.post("1"), factories.post("2", network=Network.BLUESKY), factories.post("3")]
    (entry,) = rank([factories.paper()], found, RATES)
    assert entry.people == 2


def test_a_bar_keeps_those_that_reach_it() -> None:
    found = [
        factories.post("1", IDS[0], reposts=0, likes=50),
        factories.post("2", IDS[1], likes=39),
    ]
    assert order(rank(PAPERS, found, RATES, bar=50)) == [IDS[0]]


@pytest.mark.parametrize("bar", [None, 0.0])
def test_without_a_bar_papers_nobody_mentions_are_ranked_last(bar: float | None) -> None:
    ranked = rank(PAPERS, [factories.post("1", IDS[4])], RATES, bar=bar)
    assert order(ranked)[0] == IDS[4]
    assert len(ranked) == len(PAPERS)
    assert {entry.score for entry in ranked[1:]} == {0}


def test_a_post_counts_for_each_paper_it_links_and_for_no_other() -> None:
    ranked = rank(PAPERS[:3], [factories.post("1", IDS[0], IDS[1], "9999.99999")], RATES)
    assert [entry.score for entry in ranked] == [30, 30, 0]


def test_a_paper_given_twice_is_ranked_once_in_its_newest_version() -> None:
    newer = factories.paper(title="A Better Title", version=2)
    for papers in ([factories.paper(), newer], [newer, factories.paper()]):
        (entry,) = rank(papers, [], RATES)
        assert entry.paper == newer


def test_the_best_posts_come_first_and_are_at_most_so_many() -> None:
    found = [
        factories.post(
            str(i),
            network=network,
            reposts=0,
            likes=likes,
            posted_at=factories.NOW - timedelta(hours=i),
        )
        for i, (network, likes) in enumerate(
            [(Network.X, 24), (Network.X, 60), (Network.HUGGINGFACE, 13), (Network.X, 40)]
        )
    ]
    (entry,) = rank([factories.paper()], found, RATES, best=3)
    assert [post.likes for post in entry.posts if isinstance(post, Post)] == [13, 60, 40]
    (entry,) = rank([factories.paper()], found, RATES, show_from=25)
    assert [post.likes for post in entry.posts if isinstance(post, Post)] == [60, 40]
    (entry,) = rank([factories.paper()], found, RATES, show_from={Network.X: 41})
    assert [post.likes for post in entry.posts if isinstance(post, Post)] == [13, 60]
    assert entry.score == 24 + 60 + 13 * 5 + 40


def test_a_ranked_paper_carries_its_listing_day() -> None:
    ranked = rank(PAPERS[:2], [], RATES, days={IDS[0]: date(2021, 3, 30)})
    assert {entry.paper.arxiv_id: entry.day for entry in ranked} == {
        IDS[0]: date(2021, 3, 30),
        IDS[1]: None,
    }


@given(posts(), st.randoms(), awkward_rates, st.booleans())
def test_permuting_the_input_never_changes_the_ranking(
    found: list[Post], rng: random.Random, given_rates: dict[Network, float], split: bool
) -> None:
    papers, shuffled = list(PAPERS), list(found)
    rng.shuffle(papers)
    rng.shuffle(shuffled)
    expected = rank(PAPERS, found, given_rates, split_links=split)
    assert rank(papers, shuffled, given_rates, split_links=split) == expected


@given(posts(least=1), st.data(), awkward_rates, st.booleans())
def test_raising_a_count_never_lowers_a_rank(
    found: list[Post], data: st.DataObject, given_rates: dict[Network, float], split: bool
) -> None:
    which = data.draw(st.integers(0, len(found) - 1))
    more = replace(
        found[which],
        reposts=found[which].reposts + data.draw(st.integers(0, 40)),
        likes=found[which].likes + data.draw(st.integers(0, 40)),
    )
    raised = [*found[:which], more, *found[which + 1 :]]
    before = order(rank(PAPERS, found, given_rates, split_links=split))
    after = order(rank(PAPERS, raised, given_rates, split_links=split))
    for arxiv_id in more.arxiv_ids:
        assert after.index(arxiv_id) <= before.index(arxiv_id)


@given(posts(), awkward_rates, st.booleans())
def test_scores_never_rise_down_the_ranking(
    found: list[Post], given_rates: dict[Network, float], split: bool
) -> None:
    scores = [entry.score for entry in rank(PAPERS, found, given_rates, split_links=split)]
    assert scores == sorted(scores, reverse=True)


@given(posts(), awkward_rates, st.booleans())
def test_why_says_the_score_that_the_ranking_shows(
    found: list[Post], given_rates: dict[Network, float], split: bool
) -> None:
    for entry in rank(PAPERS, found, given_rates, split_links=split):
        own = [post for post in found if entry.paper.arxiv_id in post.arxiv_ids]
        explained = why(own, given_rates, split_links=split)
        assert explained.score == entry.score
        assert tuple(network.part for network in explained.networks) == entry.parts
        assert explained.people == entry.people


# --- bots ---------------------------------------------------------------------------------------


@given(posts(), st.sets(st.integers(0, 4)))
def test_bots_are_no_people_and_their_posts_count_unless_the_setting_says_no(
    found: list[Post], bots: set[int]
) -> None:
    marked = [replace(post, is_bot=int(post.author_id) in bots) for post in found]
    people = [post for post in marked if not post.is_bot]
    for entry in rank(PAPERS, marked, RATES):
        arxiv_id = entry.paper.arxiv_id
        own = [post for post in marked if arxiv_id in post.arxiv_ids]
        talking = {(p.network, p.author_id) for p in people if arxiv_id in p.arxiv_ids}
        assert entry.people == len(talking)
        explained = why(own, RATES)
        assert (explained.score, explained.people) == (entry.score, entry.people)
        said = {(post.network, post.author_id) for post in explained.bots}
        assert said == {(post.network, post.author_id) for post in own if post.is_bot}
        assert len(explained.bots) == len(said)
        without = why(own, RATES, count_bots=False)
        assert without.bots == explained.bots
        assert without.score == score(own, RATES, count_bots=False).value
    scores = [entry.score for entry in rank(PAPERS, marked, RATES)]
    assert scores == [entry.score for entry in rank(PAPERS, found, RATES)]
    assert rank(PAPERS, marked, RATES, count_bots=False) == rank(PAPERS, people, RATES)


# --- two rankings -------------------------------------------------------------------------------


def test_a_diff_says_what_entered_left_moved_and_was_scored_anew() -> None:
    a, b, c, d = IDS[:4]
    found = [
        factories.post("1", a, reposts=0, likes=400),
        factories.post("2", b, reposts=0, likes=100),
        factories.post("3", c, reposts=0, likes=60),
        factories.post("4", d, network=Network.BLUESKY, reposts=0, likes=20),
        factories.post("5", a, network=Network.BLUESKY, reposts=0, likes=10),
    ]
    before = rank(PAPERS, found, RATES, bar=50)
    after = rank(PAPERS, found, {**RATES, Network.BLUESKY: 4.5}, bar=70)
    changes = {change.paper.arxiv_id: change for change in diff(before, after)}
    assert set(changes) == {a, c, d}
    assert (changes[a].kind, changes[a].score_before, changes[a].score_after) == (
        ChangeKind.RESCORED,
        420,
        445,
    )
    assert (changes[c].kind, changes[c].rank_before, changes[c].rank_after) == (
        ChangeKind.LEFT,
        3,
        None,
    )
    assert (changes[d].kind, changes[d].rank_after, changes[d].score_after) == (
        ChangeKind.ENTERED,
        3,
        90,
    )
    moved = diff(before, rank(PAPERS, found, {**RATES, Network.X: 0.01}, bar=0))
    assert ChangeKind.MOVED in {change.kind for change in moved}


def test_equal_rankings_differ_in_nothing() -> None:
    ranked = rank(PAPERS, [factories.post()], RATES)
    assert diff(ranked, ranked) == ()
