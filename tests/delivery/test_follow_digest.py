"""Direct messages about what members follow."""

from datetime import date

from bot import cards
from bot.models import RankedPaper
from tests import factories
from tests.hostile.invariants import follow
from tests.rendering import seen

DAY = date(2021, 3, 30)


def ranked(arxiv_id: str, rank: int) -> RankedPaper:
    return RankedPaper(
        rank=rank,
        paper=factories.paper(arxiv_id),
        score=9,
        exact_score=9,
        parts=(),
        people=1,
        posts=(),
    )


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
    assert "Also because of agents and 1 more" in message.words
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
    assert second.words.startswith("For you · 6-10")
    assert "10. " in second.words
    assert "Because you follow agents" in second.words
    assert "/following list" in second.words
