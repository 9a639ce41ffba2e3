"""Whatever arXiv and the networks send: no limit broken, nobody pinged, no link that pretends.

``HOTPAPERS_HOSTILE_PAPERS`` is how many papers each test draws, 30 if it is not set.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
import regex
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import cards
from bot.arxiv import ids, taxonomy
from bot.cards import custom_ids
from bot.cards.custom_ids import HotQuery
from bot.models import (
    Announcement,
    DayState,
    Era,
    Layout,
    Network,
    Outcome,
    Paper,
    Period,
    Post,
    RankedPaper,
    Ranking,
    Rule,
    ScorePart,
    Status,
)
from bot.ranking import rank, why
from bot.reading import PaperView
from bot.text.links import LOOK_ALIKES, web_address
from bot.text.shorten import calm
from tests import make
from tests.seen import Seen, seen

# It says so while it reports a failing example, and would hide the failure.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

PER_EXAMPLE = 6
EXAMPLES = max(1, int(os.environ.get("HOTPAPERS_HOSTILE_PAPERS", "30")) // PER_EXAMPLE)
hostile = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# --- what may come ------------------------------------------------------------------------------

PIECES = (
    "@everyone", "@here", "<@1>", "<@&2>", "<#3>", "<id:home>", "</hot:4>", "<:x:5>", "<t:0:R>",
    "https://evil.example/", "[arXiv](https://evil.example)", "](https://evil.example)",
    "discord.gg/x",
    "**", "__", "_", "*", "~~", "||", "`", "```", "\\", "\\\\", "[", "]", "[[", "(", ")", "<", ">",
    "\n", "\n# ", "\n> ", "\n-# ", "\n- ", "1. ", "# ", ">>> ", ":fire:", "#",
    "\\alpha", "$x^2$", "{\\bf x}", "%", "&amp;",
    "שלום", "العربية", "\u202e", "\u2066", "\u200f", "e\u0301\u0323", "Z\u0351\u036b\u0343",
    "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "한국어", "ｆｕｌｌ", "𝔘𝔫𝔦", "\u200b", "\ufeff", "\x00",
    "\x07", "\x1f", "\u2028",
    "word", " ", "A* search", "snake_case", "f[x]", "|x|", "∗", "ˍ",
)  # fmt: skip
wild = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec="utf-8"), max_size=8)),
    max_size=40,
).map("".join)
long_wild = st.tuples(wild, st.integers(1, 60)).map(lambda drawn: (drawn[0] * drawn[1])[:6000])
texts = st.one_of(wild, long_wild)
counts = st.one_of(st.integers(0, 50), st.integers(0, 10**12))
addresses = st.one_of(
    st.just("https://x.com/someone/status/1"),
    wild.map(lambda text: "https://x.com/" + "".join(text.split())[:60]),
    wild,
)

CATEGORIES = [category.id for category in taxonomy.all_categories()]
PATTERNS = sorted({c.split(".")[0] + ".*" for c in CATEGORIES if "." in c}) + CATEGORIES


@st.composite
def posts(draw: st.DrawFn, *arxiv_ids: str) -> Post:
    return make.post(
        draw(st.text(st.sampled_from("0123456789"), min_size=1, max_size=4)),
        *arxiv_ids,
        network=draw(st.sampled_from(Network)),
        url=draw(addresses),
        author=draw(texts),
        author_id=draw(st.sampled_from("abcdef")),
        reposts=draw(counts),
        likes=draw(counts),
        text=draw(wild),
    )


@st.composite
def papers(draw: st.DrawFn, arxiv_id: str) -> Paper:
    authors = draw(st.lists(texts, max_size=6))
    return make.paper(
        arxiv_id,
        title=draw(texts),
        authors=tuple(authors * draw(st.sampled_from([1, 1, 500]))),
        categories=tuple(draw(st.lists(st.sampled_from(CATEGORIES), max_size=20, unique=True))),
        abstract=draw(texts),
        comment=draw(st.none() | texts),
        journal_ref=draw(st.none() | texts),
    )


@st.composite
def ranked_papers(draw: st.DrawFn, arxiv_id: str, place: int) -> RankedPaper:
    networks = draw(st.lists(st.sampled_from(Network), max_size=5, unique=True))
    return RankedPaper(
        rank=place,
        paper=draw(papers(arxiv_id)),
        score=draw(st.floats(0, 10**12)),
        parts=tuple(
            ScorePart(
                network=network, reposts=draw(counts), likes=draw(counts), rate=1, points=1,
                posts=1, people=1,
            )
            for network in networks
        ),
        people=draw(st.integers(0, 10**9)),
        posts=tuple(draw(st.lists(posts(arxiv_id), max_size=4))),
        day=make.DAY,
    )  # fmt: skip


IDS = ["2103.15691", "hep-th/9901001", "0704.0001", "2312.00001", "math-ph/0001001", "2611.99999"]


@st.composite
def rankings(draw: st.DrawFn) -> Ranking:
    first = draw(st.sampled_from([1, 4, 100]))
    found = [draw(ranked_papers(arxiv_id, first + n)) for n, arxiv_id in enumerate(IDS)]
    start = draw(st.dates(date(1991, 8, 14), date(2100, 1, 1)))
    return Ranking(
        start=start,
        end=draw(st.dates(start, date(2100, 1, 1))),
        period=draw(st.sampled_from(Period)),
        era=draw(st.sampled_from(Era)),
        papers=tuple(found),
        listed=draw(counts),
        above_bar=draw(counts),
        bar=draw(st.floats(0, 10**6)),
        outcomes=tuple(
            Outcome(source=source, status=draw(st.sampled_from(Status)), at=make.NOW, reason=reason)
            for source, reason in draw(
                st.lists(st.tuples(st.sampled_from(Network) | wild, texts), max_size=7)
            )
        ),
        counted_at=draw(st.none() | st.just(make.NOW)),
        state=draw(st.sampled_from(DayState)),
        categories=tuple(draw(st.lists(st.sampled_from(PATTERNS), max_size=30, unique=True))),
        late=draw(st.booleans()),
        missing=tuple(
            Outcome(source=source, status=Status.FAILED, at=make.NOW, reason=reason)
            for source, reason in draw(st.lists(st.tuples(wild, texts), max_size=4))
        ),
    )


# --- what must hold -----------------------------------------------------------------------------

_SAFE_PREFIXES = ("https://arxiv.org/abs/", "https://arxiv.org/pdf/", "https://arxiv.org/html/")
_INVISIBLE = re.compile("[\u200b\u2068\u2069]")
_SAME = str.maketrans(LOOK_ALIKES)


def check(message: Seen, allowed: Sequence[str] = (), *, channels: int = 0) -> None:
    """Inside the limits, pings nobody, and links only to arXiv and to ``allowed``."""
    assert message.problems == []
    assert sum(text.pills for text in message.texts) == channels
    for text in message.texts:
        text.words.encode()  # no half of a surrogate pair
        for _, address in text.links:
            assert address.startswith(_SAFE_PREFIXES) or address in allowed
    for custom_id in message.custom_ids:
        assert custom_ids.decode(custom_id) is not None


def bare(text: str) -> str:
    """A text as far as it is seen: without invisible marks, look-alikes taken for the same."""
    return " ".join(_INVISIBLE.sub("", calm(text)).split()).translate(_SAME)


def check_title(heading: str, links: Sequence[tuple[str, str]], paper: Paper) -> None:
    """The heading shows the paper's title, or whole graphemes of its beginning, and links to it."""
    address = ids.abs_url(paper.arxiv_id)
    own = [words for words, where in links if where == address and words in heading]
    assert own, "the title, or what stands beside it, leads to the abstract page"
    whole, seen_part = bare(paper.title), bare(heading)
    if bare(own[0]) == paper.arxiv_id and seen_part != whole:
        seen_part = bare(heading.removesuffix(paper.arxiv_id))  # beside a title that is no link
    if seen_part == whole:
        return
    assert seen_part.endswith("…")
    beginning = seen_part[:-1].rstrip()
    assert whole.startswith(beginning)
    ends = {found.end() for found in regex.finditer(r"\X", whole)} | {0}
    assert len(beginning) in ends, "no half of a grapheme"


def allowed_of(posts_: Iterable[Post]) -> list[str]:
    """Their addresses as a link may have them: the same place, percent-encoded."""
    written = [(post.url, web_address(post.url) or "") for post in posts_]
    for url, address in written:
        assert not address or unquote(address, errors="replace") == unquote(url, errors="replace")
    return [address for _, address in written]


def posts_of(found: Ranking) -> list[Post]:
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


@given(found=rankings(), layout=st.sampled_from(Layout))
@hostile
def test_digests_hold(found: Ranking, layout: Layout) -> None:
    shown = 0
    for view in cards.digest(found, layout=layout):
        message = seen(view)
        check(message, allowed_of(posts_of(found)))
        shown += len(list(papers_on(message, found)))
    assert shown == len(found.papers)


@given(found=rankings(), page=st.integers(1, 3), shared=st.booleans())
@hostile
def test_pages_of_a_ranking_hold(found: Ranking, page: int, shared: bool) -> None:
    query = HotQuery(found.end, found.period, found.categories, 10)
    view = cards.hot(
        found, query=query, page=page, shared=shared, posted=cards.EditionRef(7, make.NOW)
    )
    message = seen(view)
    check(message, allowed_of(posts_of(found)))
    assert len(list(papers_on(message, found))) == (5 if page == 1 else 1)


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
        paper=make.paper(
            arxiv_id,
            title=wide,
            authors=(wide,) * 3000,
            categories=("cond-mat.mtrl-sci", "physics.flu-dyn", *CATEGORIES),
        ),
        score=999_999_999.99,
        parts=parts,
        people=999_999_999,
        posts=tuple(make.post(str(n), url=url, author=wide) for n in range(10)),
        day=make.DAY,
    )


@pytest.mark.parametrize("layout", Layout)
def test_the_widest_papers_hold(layout: Layout) -> None:
    papers_ = [widest(f"solv-int/99{n:05}", 1000 + n) for n in range(10)]
    failed = [
        Outcome(source=network, status=Status.FAILED, at=make.NOW, reason="𝔘" * 500)
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
        counted_at=make.NOW,
        state=DayState.OPEN,
        categories=tuple(PATTERNS),
        late=True,
        missing=tuple(
            Outcome(
                source=f"cond-mat.{n:𝔘<30}",
                status=status,
                at=make.NOW,
                reason=f"{n % 3}𝔘" * 500,
            )
            for n in range(160)
            for status in (Status.FAILED, Status.INCOMPLETE)
        ),
    )
    query = HotQuery(found.end, found.period, found.categories)
    edition = cards.EditionRef(1, make.NOW)
    for view in cards.digest(found, layout=layout, edition=edition):
        check(seen(view), allowed_of(posts_of(found)))
    for page in (1, 2):
        message = seen(cards.hot(found, query=query, page=page, posted=edition))
        check(message, allowed_of(posts_of(found)))
        assert len(list(papers_on(message, found))) == 5
    results = [(each.paper, "𝔘" * 1000) for each in papers_]
    check(seen(cards.search_results(results, query="𝔘" * 1000)))


@given(data=st.data(), split=st.booleans())
@hostile
def test_a_paper_its_abstract_and_its_why_hold(data: st.DataObject, split: bool) -> None:
    paper = data.draw(papers("2103.15691"))
    linking = data.draw(st.lists(posts("2103.15691", "2103.00001"), max_size=40))
    rates = {network: data.draw(st.sampled_from([0.0, 1.0, 2.5, 0.333])) for network in Network}
    view = PaperView(
        listed=tuple((make.DAY, kind) for kind in Announcement),
        ranked=replace(rank([paper], linking, rates, split_links=split)[0], day=make.DAY),
        why=why(linking, rates, split_links=split),
    )
    for make_card in (cards.paper, cards.why):
        message = seen(make_card(view))
        check(message, allowed_of(linking))
        heading, *_ = message.texts[0].headings
        check_title(heading, message.texts[0].links, paper)
    check(seen(cards.abstract(paper)))


@given(data=st.data(), query=texts, shared=st.booleans())
@hostile
def test_search_results_hold(data: st.DataObject, query: str, shared: bool) -> None:
    results = [(data.draw(papers(arxiv_id)), data.draw(texts)) for arxiv_id in IDS]
    for page in (1, 2):
        message = seen(cards.search_results(results, query=query, page=page, shared=shared))
        check(message)
        for text, (paper, _) in zip(
            (text for text in message.texts if text.links), results[5 * page - 5 :], strict=False
        ):
            check_title(text.headings[0], text.links, paper)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    words = st.lists(texts, max_size=30).map(tuple)
    return make.rule(
        rule_id=draw(st.integers(1, 2**63 - 1)),
        channel_id=draw(st.integers(1, 2**63 - 1)),
        categories=tuple(draw(st.lists(st.sampled_from(PATTERNS), max_size=200, unique=True))),
        at=draw(st.times()),
        zone=draw(st.sampled_from(["America/New_York", "Etc/GMT+12"]) | texts),
        keywords=draw(words),
        exclusions=draw(words),
        parked=draw(texts),
        bar=draw(st.none() | st.floats(0, 10**6)),
        thread=draw(st.booleans()),
        cross_lists=draw(st.booleans()),
        quiet_lines=draw(st.booleans()),
    )


@given(rule=rules(), problems=st.lists(texts, max_size=20), count=st.integers(0, 9))
@hostile
def test_rules_hold(rule: Rule, problems: list[str], count: int) -> None:
    days = [(make.DAY, n) for n in range(40)]
    check(seen(cards.rule_card(rule, make.NOW, days, problems)), channels=1)
    listed = [(replace(rule, rule_id=n + 1), make.NOW) for n in range(count)]
    check(seen(cards.rule_list(listed)), channels=min(count, 4))


@given(texts, texts, texts, texts)
@hostile
def test_sentences_hold(one: str, two: str, three: str, four: str) -> None:
    nearest = RankedPaper(
        rank=1, paper=make.paper(title=one), score=3, parts=(), people=0, posts=()
    )
    for view in (
        cards.error(one, two, three, four),
        cards.notice(one),
        cards.no_listing(make.DAY, one, make.DAY, None),
        cards.quiet_no_listing(one, make.NOW),
        cards.quiet_down(one, two, make.NOW),
        cards.quiet_nothing_above(make.DAY, make.DAY, considered=3, bar=50, nearest=nearest),
    ):
        check(seen(view))


# --- custom ids ---------------------------------------------------------------------------------

arxiv_ids = st.sampled_from(IDS)
pages = st.integers(1, 10**6)
queries = st.builds(
    HotQuery,
    st.dates(),
    st.sampled_from(Period),
    st.lists(st.sampled_from(PATTERNS), max_size=60, unique=True).map(tuple),
    st.none() | st.integers(0, 1000),
)
moments = st.integers(0, 2**32).map(lambda unix: datetime.fromtimestamp(unix, UTC))
actions: st.SearchStrategy[custom_ids.Action] = st.one_of(
    st.builds(custom_ids.Abstract, arxiv_ids),
    st.builds(custom_ids.Why, arxiv_ids),
    st.builds(custom_ids.SharePaper, arxiv_ids),
    st.builds(custom_ids.ShareWhy, arxiv_ids),
    st.builds(custom_ids.HotPage, queries, pages),
    st.builds(custom_ids.ShareHot, queries, pages),
    st.builds(custom_ids.SearchPage, texts, pages),
    st.builds(custom_ids.ShareSearch, texts, pages),
    st.builds(
        custom_ids.AsPosted, st.builds(custom_ids.EditionRef, st.integers(0, 2**63 - 1), moments)
    ),
    st.builds(
        custom_ids.RuleAction, st.integers(0, 2**63 - 1), st.sampled_from(custom_ids.RuleVerb)
    ),
    st.builds(custom_ids.RulesPage, pages),
    st.builds(
        custom_ids.FollowAction, st.integers(0, 2**63 - 1), st.sampled_from(custom_ids.FollowVerb)
    ),
    st.builds(custom_ids.FollowsPage, pages),
)


@given(actions)
@settings(max_examples=100)
def test_a_button_says_later_what_it_said_when_it_was_made(action: custom_ids.Action) -> None:
    custom_id = custom_ids.encode(action)
    if custom_id is None:  # only what can be endless
        assert isinstance(
            action,
            custom_ids.HotPage
            | custom_ids.ShareHot
            | custom_ids.SearchPage
            | custom_ids.ShareSearch,
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


@given(st.sampled_from([*custom_ids.KINDS.values()]), st.text(max_size=40))
@example("hot", "1:20210230:d::")
@example("hot", "1:20210330:x::")
@example("posted", "1:99999999999999999999")
@example("rule", "99999999999999999999:edit")
def test_what_cannot_be_read_is_none_and_no_error(kind: str, fields: str) -> None:
    custom_id = f"hp1:{kind}:{fields}"
    action = custom_ids.decode(custom_id)
    assert action is None or custom_ids.decode(custom_ids.encode(action) or custom_id) == action


def test_an_ordinary_question_fits_a_button() -> None:
    everything_in_one_field = tuple(c for c in CATEGORIES if c.startswith("cs."))[:22]
    query = HotQuery(make.DAY, Period.MONTH, everything_in_one_field, 25)
    assert custom_ids.encode(custom_ids.ShareHot(query, 10)) is not None
