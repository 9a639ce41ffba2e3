"""One paper: its abstract, its card, and how its score came about."""

from dataclasses import replace

from bot import cards
from bot.cards import actions
from bot.cards.actions import Why
from bot.cards.custom_ids import decode
from bot.models import Network, Post
from bot.ranking.scoring import why
from tests import factories
from tests.cards.paper_views import RATES, view_of
from tests.rendering import seen


def test_the_whole_abstract_is_shown_by_paragraphs() -> None:
    message = seen(cards.abstract(factories.paper(abstract="First\nline.\n\n\nSecond *one*.")))
    assert message.texts[1].words == "First line.\n\nSecond *one*."
    assert decode(message.buttons["Why?"]) == Why("2103.15691")


def test_an_abstract_beyond_a_message_ends_in_a_link() -> None:
    message = seen(cards.abstract(factories.paper(abstract="word " * 2000)))
    assert not message.problems
    assert message.texts[1].links == [
        ("The rest is on its arXiv page.", "https://arxiv.org/abs/2103.15691")
    ]
    assert len(message.texts[1].words) > 3500


def test_a_missing_abstract_is_said() -> None:
    assert "no abstract" in seen(cards.abstract(factories.paper(abstract=" \n\n "))).words


def test_a_papers_card_tells_its_days_and_place() -> None:
    view = view_of(
        [factories.post()], comment="CVPR 2021, 12 pages", journal_ref="J. Inv. 3 (2021)"
    )
    message = seen(cards.paper(view))
    assert "Listed Tuesday, 30 March 2021 · number 1 that day" in message.words
    assert "CVPR 2021, 12 pages" in message.words
    assert "J. Inv. 3 (2021)" in message.words
    assert decode(message.buttons["Share here"]) == actions.Share(actions.PaperCard("2103.15691"))
    assert "Share here" not in seen(cards.paper(view, shareable=False)).buttons


# --- why ----------------------------------------------------------------------------------------


def test_the_parts_of_a_score_are_a_sum() -> None:
    posts = [
        factories.post("1", reposts=400, likes=73, author="aran", author_id="1"),
        factories.post("2", reposts=20, likes=7, author="bo", author_id="2"),
        factories.post("3", network=Network.MASTODON, reposts=1, likes=2, author="cy"),
        factories.post("4", network=Network.HACKERNEWS, reposts=0, likes=5, author="di"),
    ]
    message = seen(cards.why(view_of(posts)))
    lines = [line for text in message.texts for line in text.words.strip().splitlines()]
    assert lines == [
        "An Invented Study of 2103.15691",
        "X: 420 retweets + 80 likes = 500",
        "473 from aran: 400 retweets, 73 likes",
        "27 from bo: 20 retweets, 7 likes",
        "Mastodon: (1 boost + 2 favourites) × 2 = 6",
        "6 from cy: 1 boost, 2 favourites",
        "Hacker News: 5 points × 2.5 = 12.5",
        "12.5 from di: 5 points",
        "Score 500 + 6 + 12.5 = 518.5",
        "4 people talking · number 1 of Tuesday, 30 March 2021",
    ]


def test_many_posts_still_add_up() -> None:
    posts = [factories.post(str(n), reposts=n, likes=1, author_id=str(n)) for n in range(1, 101)]
    message = seen(cards.why(view_of(posts)))
    lines = message.texts[1].words.strip().splitlines()
    assert lines[0].endswith(" = 5,150")
    assert lines[-1].endswith("from 92 more posts")
    numbers = [float(line.split(" from ")[0].replace(",", "")) for line in lines[1:]]
    assert sum(numbers) == 5150


def test_a_shared_post_says_between_how_many() -> None:
    post = factories.post("1", "2103.15691", "2103.00001", reposts=9, likes=1)
    view = replace(view_of([post]), why=why([post], RATES, split_links=True))
    message = seen(cards.why(view))
    assert "X: 9 retweets + 1 like × 1, shared out = 5" in message.words
    assert "5 from someone: 9 retweets, 1 like (shared by 2 papers)" in message.words
    assert "A post that links several papers gives each its share." in message.words


def bot_posts(count: int) -> list[Post]:
    return [
        factories.post(
            f"b{n}", author=f"feed{n}.test", author_id=f"bot{n}", likes=n, is_bot=True,
            network=Network.BLUESKY, reposts=0,
        )
        for n in range(count)
    ]  # fmt: skip


def test_bots_are_named_and_are_no_people() -> None:
    words = seen(cards.why(view_of([factories.post("1"), *bot_posts(8)]))).words
    assert "1 person talking" in words
    named = next(line for line in words.splitlines() if "by their own word" in line)
    assert "no people talking" in named
    assert "their posts do not count" not in named
    assert "feed7.test" in named
    assert "3 more" in named
    assert "by their own word" not in seen(cards.why(view_of([factories.post("1")]))).words


def test_bots_that_do_not_count_are_named_all_the_same() -> None:
    for posts in ([factories.post("1"), *bot_posts(2)], bot_posts(2)):
        view = replace(view_of(posts), why=why(posts, RATES, count_bots=False))
        words = seen(cards.why(view)).words
        assert "their posts do not count" in words
        assert "feed1.test" in words


def test_a_paper_that_nobody_posted_about_says_so() -> None:
    assert "Nobody has posted" in seen(cards.why(view_of([]))).words


# --- search -------------------------------------------------------------------------------------
