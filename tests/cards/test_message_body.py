"""Plain messages, and what of any message goes over the wire."""

from dataclasses import replace

import pytest

from bot import cards
from bot.models import Layout, Network, ScorePart
from bot.problems import Code, Problem
from tests import factories
from tests.cards.paper_views import view_of
from tests.cards.test_cards import QUERY, ranked, ranking
from tests.discordd import openapi
from tests.rendering import seen
from tests.shared_data import needs


def test_an_error_says_what_happened_what_now_and_what_to_do() -> None:
    message = seen(cards.error("X is *down*.", "I ask again.", "Wait an hour.", "7f3a"))
    assert message.words.strip().splitlines() == [
        "X is *down*.",
        "I ask again.",
        "Wait an hour.",
        "Reference 7f3a",
    ]


def test_a_notice_is_shown_as_it_is_written() -> None:
    said = "Give me *Send Messages* in #nlp, see https://example.org"
    message = seen(cards.notice(said))
    assert message.words == said
    assert not message.texts[0].links
    assert not seen(cards.notice("")).problems
    assert not seen(cards.notice("word " * 5000)).problems


# --- on the wire --------------------------------------------------------------------------------


def test_a_message_can_be_recognised_in_a_channel() -> None:
    view = cards.notice("Hello")
    body = cards.payload(view, nonce="abc", marker=123456)
    components = body["components"]
    assert isinstance(components, list)
    assert cards.marker_of(components) == 123456
    assert body["nonce"] == "abc"
    assert body["enforce_nonce"] is True
    assert body["allowed_mentions"] == {"parse": []}


def test_a_message_without_a_marker_is_not_taken_for_another() -> None:
    assert cards.marker_of([]) is None
    assert cards.marker_of([{"type": 10, "content": "by Discord's numbering", "id": 1}]) is None
    assert cards.marker_of([{"type": 10, "content": "none"}]) is None
    with pytest.raises(ValueError, match="marker"):
        cards.payload(cards.notice("Hello"), nonce="abc", marker=1)


def test_a_posts_text_is_never_shown_only_who_wrote_it_with_a_link() -> None:
    """X allows a text in full with all that belongs to it, or a link; never a part."""
    view = view_of(
        [factories.post(author="ada", text="Attention to this!", url="https://x.com/a/1")]
    )
    found = ranking((view.ranked,))
    shown = [*cards.digest(found, layout=Layout.FULL), cards.hot(found, query=QUERY)]
    for card in (*shown, cards.paper(view), cards.why(view)):
        message = seen(card)
        assert ("ada", "https://x.com/a/1") in [
            link for text in message.texts for link in text.links
        ]
        assert "Attention" not in message.words


def test_discord_py_keeps_nothing_of_a_card() -> None:
    """A view that is not finished would be stored, and its timeout would end its buttons."""
    view = cards.hot(ranking(ranked(6)), query=QUERY)
    assert view.is_finished()
    assert view.timeout is None


def test_a_score_part_with_a_fine_rate_is_marked_as_rounded() -> None:
    part = ScorePart(
        network=Network.X, reposts=1, likes=0, rate=0.333, points=0.33, posts=1, people=1
    )
    view = view_of([factories.post(reposts=1, likes=0)])
    network = replace(view.why.networks[0], part=part)
    shown = seen(cards.why(replace(view, why=replace(view.why, networks=(network,)))))
    assert "1 retweet + 0 likes) × 0.333 ≈ 0.33" in shown.words


@needs(openapi.SPEC)
def test_messages_fit_discords_own_description() -> None:
    view = view_of([factories.post()])
    messages = [
        *cards.digest(ranking(ranked(7), above_bar=9), layout=Layout.FULL),
        cards.hot(ranking(ranked(7)), query=QUERY),
        cards.why(view),
        cards.paper(view),
        cards.abstract(factories.paper()),
        cards.rule_card(
            factories.rule(rule_id=3), factories.NOW, [(factories.DAY, 3)], ["A problem."]
        ),
        cards.search_results([(factories.paper(), "found")], query="x"),
        cards.no_listing(
            factories.DAY, Problem(Code.WEEKEND, day=factories.DAY), factories.DAY, None
        ),
    ]
    for each in messages:
        body = seen(each).body
        assert openapi.check_request("POST", "/channels/{channel_id}/messages", body) == []
