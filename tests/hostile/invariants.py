"""What must hold of every message, and the trials: hostile papers through every kind of card."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from urllib.parse import unquote

import regex

from bot import cards
from bot.arxiv import ids
from bot.cards import custom_ids
from bot.cards.actions import RuleAction, RuleVerb
from bot.models import (
    Announcement,
    Follow,
    Layout,
    Network,
    Paper,
    PostReference,
    Ranking,
    RankingQuery,
)
from bot.problems import Code, Problem
from bot.queries import PaperView
from bot.ranking.scoring import rank, why
from bot.text.links import LOOK_ALIKES, web_address
from bot.text.truncate import calm
from tests import factories
from tests.hostile.generators import IDS, Inventor
from tests.rendering import Seen, seen

_SAFE_PREFIXES = ("https://arxiv.org/abs/", "https://arxiv.org/pdf/", "https://arxiv.org/html/")
_INVISIBLE = re.compile("[\u200b\u2060\u2068\u2069]")
_SAME = str.maketrans(LOOK_ALIKES)
# Discord's server looks for these in the text as it was sent, whatever its Markdown.
_PINGS = re.compile(r"@everyone|@here|<@[!&]?[0-9]", re.IGNORECASE)
# A grapheme's end depends on what follows it; nothing of Unicode's looks further than this.
_SEES = 200


def check(message: Seen, allowed: Sequence[str] = (), *, channels: int = 0) -> None:
    """Inside the limits, pings nobody, and links only to arXiv and to ``allowed``."""
    assert message.problems == []
    assert sum(text.pills for text in message.texts) == channels
    for sent in message.contents:
        assert not _PINGS.search(sent), "nothing that a server could take for a mention"
    for text in message.texts:
        text.words.encode()  # no half of a surrogate pair
        for _, address in text.links:
            assert address.startswith(_SAFE_PREFIXES) or address in allowed, address
    for custom_id in message.custom_ids:
        assert custom_ids.decode(custom_id) is not None


def bare(text: str) -> str:
    """A text as far as it is seen: without invisible marks, look-alikes taken for the same."""
    return " ".join(_INVISIBLE.sub("", calm(text)).split()).translate(_SAME)


def check_beginning(shown: str, text: str) -> None:
    """``shown``, which is bare, is all of ``text``, or whole graphemes of its beginning."""
    whole = bare(text)
    if shown == whole:
        return
    assert shown.endswith("…")
    beginning = shown[:-1].rstrip()
    assert whole.startswith(beginning)
    near = " ".join(calm(text).split())[: 2 * len(beginning) + _SEES]
    ends = [0, *(found.end() for found in regex.finditer(r"\X", near))]
    # Longer beginnings show more, or as much where what is added is invisible.
    place = bisect_left(ends, len(beginning), key=lambda end: len(bare(near[:end])))
    assert len(bare(near[: ends[place]])) == len(beginning), "no half of a grapheme"


def check_title(heading: str, links: Sequence[tuple[str, str]], paper: Paper) -> None:
    """The heading shows the paper's title, or whole graphemes of its beginning, and links to it."""
    address = ids.abs_url(paper.arxiv_id)
    own = [words for words, where in links if where == address and words in heading]
    assert own, "the title, or what stands beside it, leads to the abstract page"
    seen_part = bare(heading)
    if bare(own[0]) == paper.arxiv_id and seen_part != bare(paper.title):
        seen_part = bare(heading.removesuffix(paper.arxiv_id))  # beside a title that is no link
    check_beginning(seen_part, paper.title)


def allowed_of(posts: Iterable[PostReference]) -> list[str]:
    """Their addresses as a link may have them: the same place, percent-encoded."""
    written = [(post.url, web_address(post.url) or "") for post in posts]
    for url, address in written:
        same = url.encode("utf-8", "replace").decode()
        assert not address or unquote(address, errors="replace") == unquote(same, errors="replace")
    return [address for _, address in written]


def posts_of(found: Ranking) -> list[PostReference]:
    return [post for each in found.papers for post in each.posts]


def papers_on(message: Seen, found: Ranking) -> Iterator[tuple[str, Paper]]:
    """The headings of a message with the papers that stand there."""
    by_rank = {each.rank: each.paper for each in found.papers}
    for text in message.texts:
        for heading in text.headings:
            if place := re.match(r"([0-9]+)\. ", heading):
                paper = by_rank[int(place[1])]
                check_title(heading.removeprefix(place[0]), text.links, paper)
                yield heading, paper


# --- trials -------------------------------------------------------------------------------------


def digests(inventor: Inventor, found: Ranking) -> None:
    edition = inventor.maybe(lambda: cards.EditionRef(1, inventor.moment()))
    allowed = allowed_of(posts_of(found))
    for layout in Layout:
        shown = 0
        for view in cards.digest(found, layout=layout, edition=edition):
            message = seen(view)
            check(message, allowed)
            shown += len(list(papers_on(message, found)))
        assert shown == len(found.papers)


def pages(inventor: Inventor, found: Ranking) -> None:
    query = RankingQuery(found.end, found.period, found.categories, inventor.maybe(lambda: 10))
    edition = inventor.maybe(lambda: cards.EditionRef(7, inventor.moment()))
    allowed = allowed_of(posts_of(found))
    for page in (1, 2):
        shared = inventor.random.random() < 0.5
        view = cards.hot(found, query=replace(query, page=page), shared=shared, posted=edition)
        message = seen(view)
        check(message, allowed)
        left = len(found.papers) - 5 * (page - 1)
        assert len(list(papers_on(message, found))) == min(left, 5) or left <= 0
    check(seen(cards.hot(replace(found, papers=()), query=query)))


def single_papers(inventor: Inventor, found: Ranking) -> None:
    """Each paper's card, its abstract, and why it stands where it does."""
    rates = {network: inventor.one_of([0.0, 1.0, 2.5, 0.333]) for network in Network}
    for each in found.papers:
        _single(inventor, each.paper, rates)


def _single(inventor: Inventor, paper: Paper, rates: Mapping[Network, float]) -> None:
    split = inventor.random.random() < 0.5
    posts = inventor.several(lambda: inventor.post(paper.arxiv_id, "2103.00001"), 4)
    view = PaperView(
        listed=tuple((factories.DAY, kind) for kind in Announcement),
        ranked=replace(rank([paper], posts, rates, split_links=split)[0], day=factories.DAY),
        why=why(posts, rates, split_links=split),
    )
    allowed = allowed_of(posts)
    for card in (cards.paper(view), cards.why(view)):
        message = seen(card)
        check(message, allowed)
        check_title(message.texts[0].headings[0], message.texts[0].links, paper)
    message = seen(cards.abstract(paper))
    check(message)
    if bare(paper.abstract):
        shown = message.texts[1].words.removesuffix("The rest is on its arXiv page.")
        check_beginning(bare(shown), paper.abstract)


def searches(inventor: Inventor, found: Ranking) -> None:
    results = [(each.paper, inventor.text()) for each in found.papers]
    query = inventor.text()
    for page in (1, 2):
        shared = inventor.random.random() < 0.5
        message = seen(cards.search_results(results, query=query, page=page, shared=shared))
        check(message)
        with_links = (text for text in message.texts if text.links)
        for text, (paper, _) in zip(with_links, results[5 * page - 5 :], strict=False):
            check_title(text.headings[0], text.links, paper)
    check(seen(cards.search_results([], query=query, unharvested=found.unharvested)))


def follow(number: int, query: str, **changes: object) -> Follow:
    values = {"member_id": 5, "query": query, "created_at": factories.NOW, "follow_id": number}
    return factories.made(Follow, values | changes)


def letters(inventor: Inventor, found: Ranking) -> None:
    entries = [(each, tuple(inventor.several(inventor.text, 4))) for each in found.papers]
    cut = inventor.random.randint(1, 5)
    groups = [
        cards.Group(follow(10**9, inventor.text()), tuple(entries[:cut])),
        *(cards.Group(follow(n, inventor.wild()), (e,)) for n, e in enumerate(entries[cut:])),
    ]
    left_out = inventor.count()
    allowed = allowed_of(posts_of(found))
    shown = 0
    for view in cards.letter(groups, start=factories.DAY, end=factories.DAY, left_out=left_out):
        message = seen(view)
        check(message, allowed)
        shown += len(list(papers_on(message, found)))
    assert shown == len(found.papers)
    answer = cards.followed(
        follow(1, inventor.text()), factories.rule(guild_id=0), factories.NOW, found.papers,
        matches=10**9, more=True, a_lot=True, unharvested=found.unharvested, note="A note.",
    )  # fmt: skip
    check(seen(answer))


def follows(inventor: Inventor, _: Ranking) -> None:
    paused = inventor.random.random() < 0.5
    wishes = [inventor.text() for _ in range(inventor.random.randint(1, 8))]
    found = [follow(n, query, paused=paused) for n, query in enumerate(wishes)]
    rule = factories.rule(
        guild_id=0, created_by=5, suspended=Problem(Code.LEGACY, text=inventor.text())
    )
    for page in (1, 2):
        check(seen(cards.follow_list(found, rule, factories.NOW, page=page)))
    check(seen(cards.follow_stopped(found[0])))


def rules(inventor: Inventor, _: Ranking) -> None:
    rule, count = inventor.rule(), inventor.random.randint(0, 9)
    days = [(factories.DAY, n) for n in range(40)]
    problems = inventor.several(inventor.text, 20)
    check(seen(cards.rule_card(rule, factories.NOW, days, problems)), channels=1)
    listed = [(replace(rule, rule_id=n + 1), factories.NOW) for n in range(count)]
    check(seen(cards.rule_list(listed)), channels=min(count, 4))


def sentences(inventor: Inventor, found: Ranking) -> None:
    one, two = inventor.text(), inventor.text()
    query = RankingQuery(found.end, found.period, found.categories)
    nearest = found.papers[0] if found.papers else None
    for view in (
        cards.error(
            one,
            two,
            inventor.text(),
            inventor.text(),
            back=RuleAction(2**63 - 1, RuleVerb.RETYPE),
        ),
        cards.notice(one),
        cards.no_listing(
            factories.DAY, Problem(Code.LEGACY, text=one), factories.DAY, None, query=query
        ),
        cards.which_day(two, [factories.DAY, found.end], query),
        cards.quiet_no_listing(one, factories.NOW),
        cards.quiet_down(one, two, factories.NOW),
        cards.quiet_nothing_above(
            found.start, found.end, considered=3, bar=50, nearest=nearest, missing=found.missing
        ),
    ):
        check(seen(view))


Trial = Callable[[Inventor, Ranking], None]
# Of the papers, in every layout and page; and of what people ask for and are told beside them.
OF_PAPERS: tuple[Trial, ...] = (digests, pages, single_papers, searches, letters)
OF_OTHERS: tuple[Trial, ...] = (follows, rules, sentences)
PAPERS = len(IDS)


def batch(number: int) -> Ranking:
    """PAPERS hostile papers, always the same for a number."""
    return Inventor(Random(number)).ranking()


def attempt(trial: Trial, number: int, found: Ranking) -> None:
    """Raises AssertionError. What is invented besides the papers depends on the number alone."""
    trial(Inventor(Random(f"{number}:{trial.__name__}")), found)
