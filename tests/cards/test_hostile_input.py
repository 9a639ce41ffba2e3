"""Whatever arXiv and the networks send: no limit broken, nobody pinged, no link that pretends.

A few of the papers of ``tests.hostile``, which `make hostile` tries a hundred thousand of; the
widest there can be; and custom ids, whatever they say.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import cards
from bot.cards import actions, custom_ids
from bot.models import (
    DayState,
    Era,
    Layout,
    Network,
    Outcome,
    Period,
    RankedPaper,
    Ranking,
    RankingQuery,
    ScorePart,
    Status,
    Unharvested,
)
from tests import factories
from tests.factories import legacy
from tests.hostile.generators import CATEGORIES, IDS, PATTERNS
from tests.hostile.invariants import (
    OF_OTHERS,
    OF_PAPERS,
    Trial,
    allowed_of,
    attempt,
    batch,
    check,
    follow,
    papers_on,
    posts_of,
)
from tests.rendering import seen

# It says so while it reports a failing example, and would hide the failure.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


@pytest.mark.parametrize("trial", [*OF_PAPERS, *OF_OTHERS])
@given(number=st.integers(0, 2**32))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_hostile_papers_break_nothing(trial: Trial, number: int) -> None:
    """Of what fails, `HOSTILE_SEED=number HOSTILE_PAPERS=6 make hostile` finds the least."""
    attempt(trial, number, batch(number))


def widest(arxiv_id: str, place: int) -> RankedPaper:
    """A paper of which every part is as long as it can be, in letters of two units each."""
    wide = "𝔘" * 1000
    parts = tuple(
        ScorePart(
            network=network, reposts=999_999_999, likes=999_999_999, rate=1, points=1, posts=1,
            people=1,
        )
        for network in Network
    )  # fmt: skip
    url = "https://example.org/" + "p" * 279
    return RankedPaper(
        rank=place,
        paper=factories.paper(
            arxiv_id,
            title=wide,
            authors=(wide,) * 3000,
            categories=("cond-mat.mtrl-sci", "physics.flu-dyn", *CATEGORIES),
        ),
        score=999_999_999.99,
        exact_score=999_999_999.99,
        parts=parts,
        people=999_999_999,
        posts=tuple(factories.post(str(n), url=url, author=wide) for n in range(10)),
        day=factories.DAY,
    )


@pytest.mark.parametrize("layout", Layout)
def test_the_widest_papers_hold(layout: Layout) -> None:
    papers_ = [widest(f"solv-int/99{n:05}", 1000 + n) for n in range(10)]
    failed = [
        Outcome(
            source=network,
            status=Status.FAILED,
            at=factories.NOW,
            reason=legacy("𝔘" * 500),
        )
        for network in Network
    ]
    found = Ranking(
        start=date(2020, 9, 30),
        end=date(2021, 9, 29),
        period=Period.ALL,
        era=Era.BLOG_REPOSTS_ADDED,
        papers=tuple(papers_),
        listed=999_999_999,
        above_bar=999_999_999,
        bar=999_999_999.99,
        outcomes=tuple(failed),
        counted_at=factories.NOW,
        state=DayState.OPEN,
        categories=tuple(PATTERNS),
        late=True,
        missing=tuple(
            Outcome(
                source=f"cond-mat.{n:𝔘<30}",
                status=status,
                at=factories.NOW,
                reason=legacy(f"{n % 3}𝔘" * 500),
            )
            for n in range(160)
            for status in (Status.FAILED, Status.INCOMPLETE)
        ),
        unharvested=Unharvested(asked=tuple(PATTERNS), harvested=tuple(PATTERNS)),
    )
    query = RankingQuery(found.end, found.period, found.categories)
    edition = cards.EditionRef(1, factories.NOW)
    for view in cards.digest(found, layout=layout, edition=edition):
        check(seen(view), allowed_of(posts_of(found)))
    for page in (1, 2):
        message = seen(cards.hot(found, query=replace(query, page=page), posted=edition))
        check(message, allowed_of(posts_of(found)))
        assert len(list(papers_on(message, found))) == 5
    results = [(each.paper, "𝔘" * 1000) for each in papers_]
    check(seen(cards.search_results(results, query="𝔘" * 1000)))


def test_the_widest_letter_holds() -> None:
    entries = [widest(f"solv-int/99{n:05}", 1000 + n) for n in range(10)]
    others = tuple("𝔘" * 200 for _ in range(50))
    groups = [
        cards.Group(follow(10**9 + n, "𝔘" * 500), ((each, others),))
        for n, each in enumerate(entries)
    ]
    posts = [post for each in entries for post in each.posts]
    start, end = date(2020, 9, 30), factories.DAY
    for view in cards.letter(groups, start=start, end=end, left_out=999_999_999):
        check(seen(view), allowed_of(posts))


# --- custom ids ---------------------------------------------------------------------------------

arxiv_ids = st.sampled_from(IDS)
pages = st.integers(1, 10**6)
queries = st.builds(
    RankingQuery,
    st.dates(),
    st.sampled_from(Period),
    st.lists(st.sampled_from(PATTERNS), max_size=60, unique=True).map(tuple),
    st.none() | st.integers(1, 100),
)
moments = st.integers(0, 2**32).map(lambda unix: datetime.fromtimestamp(unix, UTC))
every_action: st.SearchStrategy[actions.Action] = st.one_of(
    st.builds(actions.Abstract, arxiv_ids),
    st.builds(actions.Why, arxiv_ids),
    st.builds(actions.PaperCard, arxiv_ids),
    st.builds(actions.RuleForm, st.integers(0, 2**63 - 1)),
    st.builds(actions.HotPage, queries, pages),
    st.builds(actions.SearchPage, st.text(max_size=120), pages),
    st.builds(actions.AsPosted, st.builds(actions.EditionRef, st.integers(0, 2**63 - 1), moments)),
    st.builds(actions.RuleAction, st.integers(0, 2**63 - 1), st.sampled_from(actions.RuleVerb)),
    st.builds(actions.RulesPage, pages),
    st.builds(actions.FollowAction, st.integers(0, 2**63 - 1), st.sampled_from(actions.FollowVerb)),
    st.builds(actions.FollowsPage, pages),
)

shared: st.SearchStrategy[actions.Action] = st.one_of(
    st.builds(actions.Share, st.builds(actions.PaperCard, arxiv_ids)),
    st.builds(actions.Share, st.builds(actions.Why, arxiv_ids)),
    st.builds(actions.Share, st.builds(actions.HotPage, queries, pages)),
    st.builds(actions.Share, st.builds(actions.SearchPage, st.text(max_size=120), pages)),
)


@given(every_action | shared)
@settings(max_examples=100)
def test_a_button_says_later_what_it_said_when_it_was_made(action: actions.Action) -> None:
    custom_id = custom_ids.encode(action)
    if custom_id is None:  # only what can be endless
        action = action.action if isinstance(action, actions.Share) else action
        assert isinstance(
            action,
            actions.HotPage | actions.SearchPage,
        )
        return
    assert len(custom_id) <= 100
    assert custom_ids.decode(custom_id) == action


@pytest.mark.parametrize(
    "custom_id",
    ["hp2:abs:2103.15691", "hp0:", "hp1:new-kind:1", "hp1:abs", "hp12:why:2103.15691", "hp1:"],
)
def test_a_button_of_another_version_is_ours_and_unreadable(custom_id: str) -> None:
    assert custom_ids.decode(custom_id) is None
    assert custom_ids.is_ours(custom_id)


@pytest.mark.parametrize("custom_id", ["", "x", "save:1", "hpx:abs:1", "HP1:abs:2103.15691"])
def test_a_button_of_somebody_else_is_left_alone(custom_id: str) -> None:
    assert custom_ids.decode(custom_id) is None
    assert not custom_ids.is_ours(custom_id)


@given(st.sampled_from([*custom_ids.SHAPES]), st.text(max_size=40))
@example("hot", "1:20210230:d::")
@example("hot", "1:20210330:x::")
@example("posted", "1:99999999999999999999")
@example("posted", f"1:{2**63 - 1}")
@example("rule", "99999999999999999999:edit")
def test_what_cannot_be_read_is_none_and_no_error(kind: str, fields: str) -> None:
    custom_id = f"hp1:{kind}:{fields}"
    action = custom_ids.decode(custom_id)
    assert action is None or custom_ids.decode(custom_ids.encode(action) or custom_id) == action


@pytest.mark.parametrize("top", [0, 101, 2**63 - 1, 2**63])
def test_no_more_papers_are_asked_for_than_a_command_can(top: int) -> None:
    assert custom_ids.decode(f"hp1:hot:1:20210330:d:{top}:") is None


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "1:2", "٣", str(2**63), "9" * 80])
def test_a_form_that_names_no_rule_is_no_form_of_ours(number: str) -> None:
    assert custom_ids.decode(f"hp1:edit:{number}") is None
    assert custom_ids.decode(f"hp1:edit:{2**63 - 1}") == actions.RuleForm(2**63 - 1)


def test_an_ordinary_question_fits_a_button() -> None:
    everything_in_one_field = tuple(c for c in CATEGORIES if c.startswith("cs."))[:22]
    query = RankingQuery(factories.DAY, Period.MONTH, everything_in_one_field, 25)
    assert custom_ids.encode(actions.Share(actions.HotPage(query, 10))) is not None
