"""Direct messages about what members follow: what they say, and that nothing breaks them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cards
from bot.models import Follow, RankedPaper
from tests import make
from tests.seen import seen
from tests.test_cards_hostile import (
    IDS,
    allowed_of,
    check,
    hostile,
    ranked_papers,
    texts,
    widest,
    wild,
)

# It says so while it reports a failing example, and would hide the failure.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

DAY = date(2021, 3, 30)


def follow(number: int, query: str, **changes: object) -> Follow:
    values = {"member_id": 5, "query": query, "created_at": make.NOW, "follow_id": number}
    return Follow(**(values | changes))  # type: ignore[arg-type]  # checked at run time by use


def ranked(arxiv_id: str, rank: int) -> RankedPaper:
    return RankedPaper(rank=rank, paper=make.paper(arxiv_id), score=9, parts=(), people=1, posts=())


def test_a_letter_groups_by_reason_and_can_stop_each() -> None:
    groups = [
        cards.Group(
            follow(1, "cat:cs.CL"),
            ((ranked("2103.15691", 1), ("agents", "author:chen")), (ranked("2103.14653", 2), ())),
        ),
        cards.Group(follow(2, "agents"), ((ranked("2103.15808", 3), ()),)),
    ]
    (card,) = cards.letter(groups, start=DAY, end=DAY, left_out=4)
    message = seen(card)
    assert message.problems == []
    assert "3 papers for you · Tuesday, 30 March 2021" in message.words
    assert "Because you follow cat:cs.CL" in message.words
    assert "also because of agents and 1 more" in message.words
    assert "4 more papers match what you follow." in message.words
    stops = [each for each in message.custom_ids if each.endswith(":stop")]
    assert stops == ["hp1:follow:1:stop", "hp1:follow:2:stop"]


def test_ten_papers_are_two_messages() -> None:
    papers = tuple((ranked(f"2103.{n:05}", n), ()) for n in range(1, 11))
    first, second = map(
        seen, cards.letter([cards.Group(follow(1, "agents"), papers)], start=DAY, end=DAY)
    )
    assert "10 papers for you" in first.words
    assert "/following list" not in first.words
    assert "10. " in second.words
    assert "Because you follow agents" in second.words
    assert "/following list" in second.words


@given(data=st.data(), left_out=st.integers(0, 10**9))
@hostile
def test_letters_hold(data: st.DataObject, left_out: int) -> None:
    entries = [
        (data.draw(ranked_papers(arxiv_id, 10 + n)), tuple(data.draw(st.lists(texts, max_size=4))))
        for n, arxiv_id in enumerate(IDS)
    ]
    cut = data.draw(st.integers(1, 5))
    groups = [
        cards.Group(follow(10**9, data.draw(texts)), tuple(entries[:cut])),
        *(cards.Group(follow(n, data.draw(wild)), (e,)) for n, e in enumerate(entries[cut:])),
    ]
    posts = [post for each, _ in entries for post in each.posts]
    views = cards.letter(groups, start=DAY, end=DAY, left_out=left_out)
    assert len(views) == 2
    for view in views:
        check(seen(view), allowed_of(posts))


def test_the_widest_letter_holds() -> None:
    entries = [widest(f"solv-int/99{n:05}", 1000 + n) for n in range(10)]
    others = tuple("𝔘" * 200 for _ in range(50))
    groups = [
        cards.Group(follow(10**9 + n, "𝔘" * 500), ((each, others),))
        for n, each in enumerate(entries)
    ]
    posts = [post for each in entries for post in each.posts]
    for view in cards.letter(groups, start=date(2020, 9, 30), end=DAY, left_out=999_999_999):
        check(seen(view), allowed_of(posts))


@given(
    queries=st.lists(texts, min_size=1, max_size=8), paused=st.booleans(), page=st.integers(1, 3)
)
@hostile
def test_lists_hold(queries: list[str], paused: bool, page: int) -> None:
    found = [follow(n, query, paused=paused) for n, query in enumerate(queries)]
    rule = make.rule(guild_id=0, created_by=5, parked=queries[0])
    check(seen(cards.follow_list(found, rule, make.NOW, page=page)))
    check(seen(cards.follow_stopped(found[0])))


@given(data=st.data())
@hostile
def test_answers_to_a_new_follow_hold(data: st.DataObject) -> None:
    found = [data.draw(ranked_papers(arxiv_id, n)) for n, arxiv_id in enumerate(IDS)]
    card = cards.followed(
        follow(1, data.draw(texts)), make.rule(guild_id=0), make.NOW, found,
        matches=10**9, more=True, a_lot=True, note="A note.",
    )  # fmt: skip
    check(seen(card))
