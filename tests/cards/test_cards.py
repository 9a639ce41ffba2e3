"""Cards: what a member reads and can press, message by message."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot import cards
from bot.cards import actions
from bot.cards.actions import Abstract, HotPage, Why
from bot.cards.custom_ids import decode
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
    Status,
)
from bot.problems import Code, Problem
from bot.ranking.scoring import rank
from tests import factories
from tests.cards.paper_views import RATES
from tests.factories import legacy
from tests.rendering import Seen, seen


def outcome(network: Network, status: Status, reason: str = "") -> Outcome:
    return Outcome(source=network, status=status, reason=legacy(reason), at=factories.NOW)


def ranking(papers: Sequence[RankedPaper] = (), **changes: object) -> Ranking:
    values: dict[str, object] = {
        "start": factories.DAY,
        "end": factories.DAY,
        "period": Period.DAY,
        "era": Era.HOTPAPERS,
        "papers": tuple(papers),
        "listed": 1240,
        "above_bar": len(papers),
        "bar": 50.0,
        "outcomes": (outcome(Network.X, Status.OK),),
        "counted_at": factories.NOW,
        "state": DayState.CLOSED,
    }
    return factories.made(Ranking, values | changes)


def ranked(count: int) -> tuple[RankedPaper, ...]:
    """Papers 1 to ``count``, each with one post."""
    papers = [factories.paper(f"2103.{15000 + n}") for n in range(count)]
    posts = [
        factories.post(str(n), paper.arxiv_id, likes=1000 - n, author=f"reader{n}")
        for n, paper in enumerate(papers)
    ]
    return rank(papers, posts, RATES)


def digest(found: Ranking, layout: Layout = Layout.COMPACT) -> list[Seen]:
    return [seen(view) for view in cards.digest(found, layout=layout)]


# --- a digest -----------------------------------------------------------------------------------


def test_a_card_says_what_the_paper_is_and_what_people_made_of_it() -> None:
    authors = ("Anurag Arnab", "Mostafa Dehghani", "Georg Heigold", "Chen Sun", "Mario Lučić")
    paper = factories.paper(title="ViViT", authors=authors, categories=("cs.CV", "cs.LG"))
    posts = [
        factories.post(
            "1", reposts=2739, likes=330, author="aran", url="https://x.com/aran/status/1"
        ),
        factories.post(
            "2", network=Network.HACKERNEWS, reposts=0, likes=212, author="tosh", author_id="t"
        ),
    ]
    (message,) = digest(ranking(rank([paper], posts, RATES)))
    shown = message.texts[1]
    assert shown.headings == ["1. ViViT"]
    assert shown.links[0] == ("ViViT", "https://arxiv.org/abs/2103.15691")
    assert ("pdf", "https://arxiv.org/pdf/2103.15691") in shown.links
    assert ("aran", "https://x.com/aran/status/1") in shown.links
    assert shown.words.strip().splitlines()[1:] == [
        "Anurag Arnab, Mostafa Dehghani, Georg Heigold and 2 more",
        "2,739 retweets · 330 likes on X · 212 points on Hacker News",
        "cs.CV · cs.LG · abs · pdf",
        "Score 3,599 · 2 people talking · aran on X: 2,739 retweets, 330 likes",
    ]
    assert decode(message.buttons["Abstract"]) == Abstract("2103.15691")
    assert decode(message.buttons["Why?"]) == Why("2103.15691")


@pytest.mark.parametrize(
    ("network", "reposts", "likes", "said"),
    [
        (Network.X, 1, 1, "1 retweet · 1 like on X"),
        (Network.BLUESKY, 2, 1, "2 reposts · 1 like on Bluesky"),
        (Network.MASTODON, 1, 1204, "1 boost · 1,204 favourites on Mastodon"),
        (Network.HACKERNEWS, 0, 1, "1 point on Hacker News"),
        (Network.HUGGINGFACE, 0, 45, "45 upvotes on Hugging Face"),
    ],
)
def test_each_network_keeps_its_own_words(
    network: Network, reposts: int, likes: int, said: str
) -> None:
    post = factories.post(network=network, reposts=reposts, likes=likes)
    (message,) = digest(ranking(rank([factories.paper()], [post], RATES)))
    assert said in message.words.splitlines()


def test_a_web_page_of_the_paper_is_linked_where_arxiv_makes_them() -> None:
    for arxiv_id, expected in (("2103.15691", False), ("2312.00001", True)):
        post = factories.post("1", arxiv_id)
        (message,) = digest(ranking(rank([factories.paper(arxiv_id)], [post], RATES)))
        address = ("HTML", f"https://arxiv.org/html/{arxiv_id}")
        assert (address in message.texts[1].links) is expected


def test_the_full_layout_has_a_box_for_each_paper_and_three_posts() -> None:
    posts = [factories.post(str(n), reposts=100 - n, author=f"reader{n}") for n in range(5)]
    (message,) = digest(ranking(rank([factories.paper()], posts, RATES)), Layout.FULL)
    assert "reader2" in message.texts[1].words
    assert "reader3" not in message.texts[1].words
    assert message.buttons["PDF"] == "https://arxiv.org/pdf/2103.15691"


def test_the_first_three_places_have_their_colours() -> None:
    messages = digest(ranking(ranked(4)), Layout.FULL)
    boxes = [one for each in messages for one in each.body["components"] if one["type"] == 17]
    assert [box["accent_color"] for box in boxes] == [0xD83A56, 0xF0643F, 0xFF9D42, 0x97979F]


@pytest.mark.parametrize("layout", Layout)
def test_a_long_digest_is_several_messages_with_one_head(layout: Layout) -> None:
    messages = digest(ranking(ranked(24), above_bar=30), layout)
    assert len(messages) == 5
    assert ["Hot papers" in message.words for message in messages] == [True] + [False] * 4
    headings = [h for message in messages for text in message.texts for h in text.headings]
    assert [h.split(".")[0] for h in headings[1:]] == [str(n) for n in range(1, 25)]
    assert not any(message.problems for message in messages)
    assert decode(messages[-1].buttons["More"]) == HotPage(RankingQuery(factories.DAY))
    assert "More" not in messages[0].buttons


def test_each_further_message_of_a_digest_says_whose_it_is() -> None:
    messages = digest(ranking(ranked(11), categories=("cs.LG", "stat.*")), Layout.COMPACT)
    assert [message.words.partition("\n")[0] for message in messages[1:]] == [
        "cs.LG and stat.* · 6-10", "cs.LG and stat.* · 11",
    ]  # fmt: skip
    (_, last) = digest(ranking(ranked(7)), Layout.FULL)
    assert last.words.startswith("Every category · 6-7")


def test_a_digest_that_shows_all_offers_no_more() -> None:
    (message,) = digest(ranking(ranked(3)))
    assert "More" not in message.buttons


def test_a_paper_without_posts_says_so() -> None:
    bare = RankedPaper(
        rank=1, paper=factories.paper(), score=0, exact_score=0, parts=(), people=0, posts=()
    )
    (message,) = digest(ranking([bare]))
    assert "No posts counted" in message.words


def test_a_copy_of_an_old_digest_says_when_it_was_posted() -> None:
    edition = cards.EditionRef(3, datetime(2021, 3, 31, 7, 0, tzinfo=UTC))
    (view,) = cards.digest(ranking(ranked(1)), layout=Layout.FULL, edition=edition)
    assert "as posted 31 March 2021 at 07:00" in seen(view).words


# --- its head -----------------------------------------------------------------------------------


def head(**changes: object) -> str:
    (message,) = digest(ranking(ranked(1), **changes))
    return message.texts[0].words


def test_the_head_says_which_listing_how_many_and_when_counted() -> None:
    said = head(above_bar=24)
    assert said.strip().splitlines() == [
        "Hot papers · Tuesday, 30 March 2021",
        "24 of 1,240 papers above the bar of 50",
        "By arXiv's listing date · counted 31 March 2021 at 06:00",
        "X answered",
    ]


def test_the_head_names_who_answered_who_did_not_and_why() -> None:
    said = head(
        outcomes=(
            outcome(Network.X, Status.OK),
            outcome(Network.BLUESKY, Status.OFF),
            outcome(Network.MASTODON, Status.FAILED, "no answer within 60 s"),
            outcome(Network.HACKERNEWS, Status.EMPTY),
            outcome(Network.HUGGINGFACE, Status.INCOMPLETE, "the second page failed"),
        )
    )
    assert (
        "X and Hacker News answered · Mastodon failed (no answer within 60 s) · "
        "Hugging Face answered in part (the second page failed) · Bluesky off" in said
    )


def test_the_head_has_no_address_and_no_technical_term() -> None:
    """Issue: a digest began with "Expected `datetime`, got `null` - at `$.created_at`"."""
    technical = "Expected `datetime`, got `null` - at `$.created_at`"
    unreadable = Problem(Code.ANSWER_UNREADABLE, service="Mastodon", technical=technical)
    left_out = Problem(Code.ENTRIES_LEFT_OUT, entries=1, technical=f"at://a: {technical}")
    address = "https://a.example/x?query=arxiv.org"
    said = head(
        outcomes=(
            replace(outcome(Network.MASTODON, Status.FAILED), reason=unreadable),
            replace(outcome(Network.BLUESKY, Status.INCOMPLETE), reason=left_out),
            replace(
                outcome(Network.HACKERNEWS, Status.FAILED),
                reason=Problem(Code.HOST_ANSWERED, host="a.example", status=500, address=address),
            ),
        )
    )
    assert "Mastodon failed (Mastodon sent an answer that could not be read)" in said
    assert "Bluesky answered in part (1 malformed entry was left out)" in said
    assert "Hacker News failed (a.example answered 500)" in said
    assert "$.created" not in said
    assert "http" not in said


def test_counts_that_are_late_or_not_final_are_marked() -> None:
    assert "counted late, 31 March" in head(late=True)
    assert "counted so far, 31 March" in head(state=DayState.OPEN)
    assert "not counted yet" in head(counted_at=None)


def test_a_day_of_the_old_blog_says_how_it_was_counted() -> None:
    assert "counted by the Hot Papers blog" in head(era=Era.BLOG_REPOSTS_ADDED)


def test_days_that_are_not_mixed_in_are_told() -> None:
    said = head(left_out=((Era.BLOG_REPOSTS_ADDED, 12), (Era.HOTPAPERS, 1)))
    assert "without 12 days counted by the Hot Papers blog" in said
    assert "without 1 day counted by me" in said


@pytest.mark.parametrize(
    ("start", "end", "period", "said"),
    [
        (date(2021, 3, 22), date(2021, 3, 26), Period.WEEK, "Week of 22–26 March 2021"),
        (date(2021, 3, 29), date(2021, 4, 2), Period.WEEK, "Week of 29 March – 2 April 2021"),
        (date(2021, 3, 31), date(2021, 4, 1), Period.WEEK, "Week of 29 March – 2 April 2021"),
        (date(2021, 3, 25), date(2021, 3, 31), Period.WEEK, "Week of 25–31 March 2021"),
        (date(2020, 12, 28), date(2021, 1, 1), Period.WEEK, "28 December 2020 – 1 January 2021"),
        (date(2021, 3, 1), date(2021, 3, 31), Period.MONTH, "March 2021"),
        (date(2021, 1, 4), date(2021, 12, 31), Period.YEAR, "2021"),
        (date(2020, 7, 1), date(2021, 3, 30), Period.ALL, "All time, 1 July 2020 – 30 March 2021"),
        (date(2021, 3, 26), date(2021, 3, 29), Period.DAY, "26–29 March 2021"),
    ],
)
def test_a_span_of_days_is_named(start: date, end: date, period: Period, said: str) -> None:
    first = head(start=start, end=end, period=period).strip().splitlines()[0]
    assert first == f"Hot papers · {said}" or first.endswith(said)


def test_over_several_days_each_paper_says_which() -> None:
    papers = tuple(replace(found, day=date(2021, 3, 25)) for found in ranked(1))
    (message,) = digest(ranking(papers, start=date(2021, 3, 22), period=Period.WEEK))
    assert "Thu 25 Mar" in message.texts[1].words
    (message,) = digest(ranking(papers))
    assert "Thu 25 Mar" not in message.texts[1].words


def test_asked_categories_are_named() -> None:
    assert "above the bar of 50 · cs.CL or cond-mat.*" in head(categories=("cs.CL", "cond-mat.*"))


# --- /hot ---------------------------------------------------------------------------------------

QUERY = RankingQuery(factories.DAY, Period.DAY, ("cs.CL", "cs.IR"))


def hot(
    page: int = 1, *, count: int = 12, query: RankingQuery = QUERY, shared: bool = False
) -> Seen:
    return seen(cards.hot(ranking(ranked(count)), query=replace(query, page=page), shared=shared))


def test_pages_can_be_turned_and_stop_at_the_ends() -> None:
    def off(message: Seen) -> list[str]:
        return [one["label"] for one in message.components if one.get("disabled")]

    first, second, last = hot(1), hot(2), hot(3)
    assert decode(second.buttons["Previous"]) == HotPage(QUERY, 1)
    assert decode(second.buttons["Next"]) == HotPage(QUERY, 3)
    assert (off(first), off(second), off(last)) == (["Previous"], [], ["Next"])
    assert "Page 2 of 3" in second.words
    assert "6. An Invented Study of 2103.15005" in second.words
    assert decode(second.buttons["Share here"]) == actions.Share(HotPage(QUERY, 2))


def test_a_page_that_is_no_more_shows_the_last_one() -> None:
    assert "Page 3 of 3" in hot(9).words
    assert "Page 1 of 3" in hot(0).words


def test_one_page_needs_no_page_buttons() -> None:
    message = hot(count=3)
    assert "Page" not in message.words
    assert set(message.buttons) == {"Abstract", "Why?", "Share here"}


def test_what_is_shared_keeps_everybody_elses_view_as_it_is() -> None:
    message = hot(2, shared=True)
    assert set(message.buttons) == {"Abstract", "Why?", "More"}
    assert decode(message.buttons["More"]) == HotPage(QUERY, 3)
    assert "More" not in hot(3, shared=True).buttons


def test_a_question_too_long_for_a_button_says_so() -> None:
    query = RankingQuery(
        factories.DAY, Period.DAY, tuple(f"math.{a}{b}" for a in "ABCDEFG" for b in "NOPQR")
    )
    message = hot(query=query)
    assert set(message.buttons) == {"Abstract", "Why?"}
    assert "Page 1 of 3: too long a question" in message.words


def test_a_digest_of_that_day_can_be_seen_as_posted() -> None:
    edition = cards.EditionRef(3, factories.NOW)
    message = seen(cards.hot(ranking(ranked(1)), query=QUERY, posted=edition))
    assert decode(message.buttons["As posted that day"]) == actions.AsPosted(edition)


def test_nothing_above_the_bar_is_said() -> None:
    assert "Nothing reached the bar of 50." in hot(count=0).words
    (message,) = digest(ranking())
    assert "Nothing reached the bar of 50." in message.words


# --- a day without a listing --------------------------------------------------------------------


def test_a_day_without_a_listing_offers_its_neighbours() -> None:
    saturday, friday, monday = date(2021, 4, 3), date(2021, 4, 2), date(2021, 4, 5)
    query, weekend = replace(QUERY, day=saturday), Problem(Code.WEEKEND, day=saturday)
    message = seen(cards.no_listing(saturday, weekend, friday, monday, query=query))
    assert message.words == (
        "arXiv has no listing dated Saturday, 3 April 2021: it lists nothing at weekends. "
        "The nearest listings:"
    )
    assert decode(message.buttons["Fri 2 Apr"]) == HotPage(replace(QUERY, day=friday))
    assert decode(message.buttons["Mon 5 Apr"]) == HotPage(replace(QUERY, day=monday))


def test_a_holiday_is_named() -> None:
    day = date(2026, 11, 27)
    message = seen(cards.no_listing(day, Problem(Code.ARXIV_HOLIDAY, day=day), None, None))
    assert message.words == (
        "arXiv has no listing dated Friday, 27 November 2026: "
        "arXiv holiday, nothing announced for Friday 27 November."
    )
    assert message.buttons == {}


def test_a_day_that_is_not_in_the_archive_offers_the_nearest_that_are() -> None:
    message = seen(cards.not_harvested(factories.DAY, None, date(2021, 4, 1)))
    assert "The listing of Tuesday, 30 March 2021 is not in the archive." in message.words
    assert "The nearest day that is:" in message.words
    assert list(message.buttons) == ["Thu 1 Apr"]
    assert "still empty" in seen(cards.not_harvested(factories.DAY)).words


# --- quiet slots --------------------------------------------------------------------------------


def test_quiet_slots_say_why_in_one_line() -> None:
    nearest = replace(ranked(1)[0], score=48.5)
    looked = seen(
        cards.quiet_nothing_above(
            factories.DAY, factories.DAY, considered=310, bar=50, nearest=nearest
        )
    )
    assert looked.words == (
        "Tuesday, 30 March 2021: nothing above the bar of 50. 310 papers were looked at; "
        "nearest was An Invented Study of 2103.15000 with 48.5."
    )
    none = seen(
        cards.quiet_nothing_above(factories.DAY, factories.DAY, considered=0, bar=50, nearest=None)
    )
    assert none.words == "Tuesday, 30 March 2021: no paper of this channel's subjects was listed."
    away = seen(cards.quiet_no_listing("Saturday", factories.NOW))
    assert away.words.startswith("No arXiv listing today (Saturday). Next digest 31 March 2021")
    down = seen(cards.quiet_down("arXiv", "503 from rss.arxiv.org", None))
    assert down.words == (
        "No digest yet: I wait for arXiv (503 from rss.arxiv.org) and post it as soon as it is "
        "there."
    )


def test_search_results_show_where_it_was_found_and_page_on() -> None:
    results = [(factories.paper(f"2103.{15000 + n}"), f"… found *here* {n} …") for n in range(7)]
    message = seen(cards.search_results(results, query="cat:cs.CL here"))
    assert "Search: cat:cs.CL here" in message.words
    assert "7 papers found" in message.words
    assert "… found *here* 4 …" in message.words
    assert decode(message.buttons["Next"]) == actions.SearchPage("cat:cs.CL here", 2)
    assert "No paper" in seen(cards.search_results([], query="x")).words
