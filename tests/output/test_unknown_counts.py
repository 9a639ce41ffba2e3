"""What nobody knows is null in JSON, and stands in no card and on no line as a number."""

import io
import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot import cards
from bot.models import (
    Announcement,
    DayState,
    Era,
    Layout,
    Network,
    Period,
    Post,
    PostReference,
    RankedPaper,
    Ranking,
    RankingQuery,
    ScorePart,
)
from bot.output import json, terminal
from bot.queries import PaperView
from bot.ranking.scoring import NetworkPart, PostPart, Why
from tests import factories
from tests.rendering import seen

# No known count is 0, so that a 0 stands for something that nobody knows.
counts = st.integers(1, 10**6)
networks = st.sampled_from(Network)


@st.composite
def posts(draw: st.DrawFn) -> PostReference:
    network, author = draw(networks), draw(st.sampled_from(["ada", "bo", "çem"]))
    if draw(st.booleans()):
        return factories.post(
            network=network, author=author, reposts=draw(counts), likes=draw(counts)
        )
    return PostReference(
        network=network,
        post_id="1",
        url="https://x.com/someone/status/1",
        author=author,
        author_id=author,
        posted_at=factories.NOW,
        arxiv_ids=("2103.15691",),
    )


@st.composite
def views(draw: st.DrawFn) -> PaperView:
    """Papers harvested, imported, and imported of which a part is known."""
    linking = draw(st.lists(posts(), min_size=1, max_size=4))
    people = draw(st.none() | counts)
    part = ScorePart(
        network=draw(networks),
        reposts=draw(counts),
        likes=draw(counts),
        rate=1.0,
        points=2.0,
        posts=draw(st.none() | counts),
        people=people,
    )
    ranked = RankedPaper(
        rank=1,
        paper=factories.paper(),
        score=2.0,
        exact_score=2.0,
        parts=(part,),
        people=people,
        posts=tuple(linking),
        day=factories.DAY,
    )
    counted = tuple(PostPart(post, 1.0, 1.0) for post in linking if isinstance(post, Post))
    return PaperView(
        listed=((factories.DAY, Announcement.NEW),),
        ranked=ranked,
        why=Why(score=2.0, people=people, networks=(NetworkPart(part, counted),)),
        era=draw(st.sampled_from(Era)),
    )


def texts_of(view: PaperView) -> list[str]:
    """All that a reader gets of a paper: on cards, and on lines of the command line."""
    ranking = Ranking(
        start=factories.DAY,
        end=factories.DAY,
        period=Period.DAY,
        era=view.era,
        papers=(view.ranked,),
        listed=1,
        above_bar=1,
        bar=50.0,
        outcomes=(),
        counted_at=factories.NOW,
        state=DayState.CLOSED,
    )
    messages = [
        cards.paper(view),
        cards.why(view),
        cards.hot(ranking, query=RankingQuery(factories.DAY)),
        *(card for layout in Layout for card in cards.digest(ranking, layout=layout)),
    ]
    file = io.StringIO()
    out = terminal.CalmConsole(file=file, width=10**6)
    terminal.show_paper(view, out)
    terminal.show_why(view, out)
    terminal.show_ranking(ranking, out)
    return [*(seen(message).words for message in messages), *file.getvalue().splitlines()]


def counts_behind(author: str, texts: Sequence[str]) -> list[str]:
    return re.findall(rf"\b{author}(?: on [\w ]+)?: ([\d,]+) \w+", "\n".join(texts))


@given(views())
def test_no_card_and_no_line_shows_a_number_that_json_has_as_null(view: PaperView) -> None:
    texts = texts_of(view)
    document, why = json.paper_view(view), json.why(view)
    assert not re.search(r"(?<![\d.,:])0 [a-z]", "\n".join(texts))
    assert document["authors_count"] == why["authors_count"] == view.ranked.people
    people = r"(?:person|people) talking|authors? of posts|[\d,]+ people"
    assert bool(re.search(people, "\n".join(texts))) is (document["authors_count"] is not None)
    counted = {post["author"] for post in document["posts"] if post["likes"] is not None}
    for author in {post["author"] for post in document["posts"]} - counted:
        assert not counts_behind(author, texts)


@given(views())
def test_whose_counts_they_are_is_named_where_they_are_not_our_own(view: PaperView) -> None:
    for card in (cards.paper(view), cards.why(view)):
        assert ("by the Hot Papers blog" in seen(card).words) is (view.era is not Era.HOTPAPERS)
    for show in (terminal.show_paper, terminal.show_why):
        file = io.StringIO()
        show(view, terminal.CalmConsole(file=file, width=10**6))
        assert ("by the old blog" in file.getvalue()) is (view.era is not Era.HOTPAPERS)
