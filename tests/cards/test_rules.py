"""What a channel's digests look like to their admins."""

from datetime import date

from bot import cards
from bot.cards.actions import RuleAction, RuleVerb
from bot.cards.custom_ids import decode
from bot.problems import Code, Problem
from tests import factories
from tests.rendering import seen


def test_a_rules_card_tells_what_when_and_what_would_have_come() -> None:
    rule = factories.rule(
        rule_id=3, categories=("cs.CL", "cs.IR"), zone="America/New_York", bar=20.0, top=8,
        keywords=("speculative decoding",), exclusions=("survey",), cross_lists=False,
    )  # fmt: skip
    days = [(date(2021, 3, 29), 0), (date(2021, 3, 30), 0), (date(2021, 3, 31), 5)]
    message = seen(cards.rule_card(rule, factories.NOW, days, ["I may not send messages in #nlp."]))
    for said in (
        "cs.CL and cs.IR · 09:00 America/New_York, every mailing",
        "Top 8 above 20, compact · no cross-lists",
        "Only with speculative decoding · never with survey",
        "Next digest 31 March 2021 at 06:00",
        "Mon 29 Mar: 0 · Tue 30 Mar: 0 · Wed 31 Mar: 5",
        "it would have had nothing. Lower the bar, add categories or add keywords.",
        "I may not send messages in #nlp.",
    ):
        assert said in message.words
    assert [decode(message.buttons[label]) for label in ("Edit", "Pause", "Test", "Delete")] == [
        RuleAction(3, verb)
        for verb in (RuleVerb.EDIT, RuleVerb.PAUSE, RuleVerb.TEST, RuleVerb.DELETE)
    ]


def test_advice_is_what_can_be_changed() -> None:
    rule = factories.rule(bar=0.0, categories=(), keywords=("agents",))
    message = seen(cards.rule_card(rule, factories.NOW, [(factories.DAY, 0)]))
    assert "On that day it would have had nothing. Add keywords." in message.words
    two = seen(cards.rule_card(rule, factories.NOW, [(factories.DAY, 0), (factories.DAY, 0)]))
    assert "On most of these days it would have had nothing." in two.words


def test_a_rule_that_does_not_run_says_so() -> None:
    paused = seen(cards.rule_card(factories.rule(paused=True), factories.NOW))
    assert "Paused" in paused.words
    assert "Next digest" not in paused.words
    assert "Resume" in paused.buttons
    suspended = seen(
        cards.rule_card(factories.rule(suspended=Problem(Code.CHANNEL_GONE)), factories.NOW)
    )
    assert "Suspended: The channel no longer exists." in suspended.words


def test_rules_are_listed_by_the_page() -> None:
    rules = [(factories.rule(rule_id=n, channel_id=n), factories.NOW) for n in range(1, 7)]
    first, second = (seen(cards.rule_list(rules, page=page)) for page in (1, 2))
    assert "6 digests in this server" in first.words
    assert first.words.count("every category") == 4
    assert second.words.count("every category") == 2
    assert not first.problems
    assert "/digest add" in seen(cards.rule_list([])).words


def test_a_deleted_rule_can_be_brought_back() -> None:
    message = seen(cards.rule_deleted(factories.rule(rule_id=3)))
    assert decode(message.buttons["Undo"]) == RuleAction(3, RuleVerb.RESTORE)
