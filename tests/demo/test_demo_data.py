"""The demo's sample day, looked at from outside: nothing here uses the bot's own parsers."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
from lxml import etree

from tests.shared_data import SHARED, needs

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "bot" / "demo" / "data"
SEED = SHARED / "seed" / "2021-03-30---Hot-Papers.md"
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "dc": "http://purl.org/dc/elements/1.1/",
}
MAILING_BEGAN = datetime(2021, 3, 30, tzinfo=UTC)
SNOWFLAKE_EPOCH = 1_288_834_974_657  # ms; a post id is (ms since this) << 22

# id, reposts, likes: in the order and with the numbers that the blog printed.
PRINTED = [
    ("2103.15691", 2739, 330),
    ("2103.14749", 1522, 193),
    ("2103.14653", 1211, 194),
    ("2103.14968", 1122, 128),
    ("2103.15808", 889, 194),
    ("2103.14877", 484, 115),
    ("2103.14666", 380, 105),
    ("2103.15545", 301, 141),
    ("2103.15358", 324, 86),
    ("2103.15060", 312, 91),
    ("2103.15814", 110, 68),
    ("2103.14910", 90, 85),
    ("2103.15670", 72, 89),
    ("2103.15679", 110, 38),
    ("2103.14659", 100, 34),
    ("2103.14899", 90, 44),
    ("2103.14853", 110, 18),
    ("2103.14953", 81, 34),
    ("2103.15606", 56, 46),
    ("2103.15813", 30, 67),
    ("2103.15432", 42, 32),
    ("2103.15348", 56, 15),
    ("2103.15627", 30, 36),
    ("2103.15306", 36, 25),
]
LINK = re.compile(
    r"^https?://(?:(?:(?:www|export)\.)?arxiv\.org/(?:abs|pdf)|(?:www\.)?alphaxiv\.org/abs"
    r"|huggingface\.co/papers)/(\d{4}\.\d{5})(?:v\d+)?(?:\.pdf)?$"
)


class Metrics(msgspec.Struct):
    retweet_count: int
    reply_count: int
    like_count: int
    quote_count: int
    bookmark_count: int
    impression_count: int


class Url(msgspec.Struct):
    start: int
    end: int
    url: str
    expanded_url: str
    display_url: str


class Entities(msgspec.Struct):
    urls: list[Url] = []


class Note(msgspec.Struct):
    text: str
    entities: Entities


class Reference(msgspec.Struct):
    type: str
    id: str


class XPost(msgspec.Struct):
    id: str
    text: str
    author_id: str
    created_at: datetime
    lang: str
    public_metrics: Metrics
    edit_history_tweet_ids: list[str]
    entities: Entities = msgspec.field(default_factory=Entities)
    note_tweet: Note | None = None
    referenced_tweets: list[Reference] = []

    @property
    def body(self) -> tuple[str, list[Url]]:
        """The whole text with the links in it."""
        source = self.note_tweet or self
        return source.text, source.entities.urls

    @property
    def is_original(self) -> bool:
        return not any(reference.type == "retweeted" for reference in self.referenced_tweets)

    @property
    def is_newest_edit(self) -> bool:
        return self.id == self.edit_history_tweet_ids[-1]


class User(msgspec.Struct):
    id: str
    name: str
    username: str


class Includes(msgspec.Struct):
    users: list[User]


class Meta(msgspec.Struct):
    newest_id: str
    oldest_id: str
    result_count: int
    next_token: str | None = None


class Page(msgspec.Struct):
    data: list[XPost]
    includes: Includes
    meta: Meta


PAGES = msgspec.json.decode((DATA / "x-recent-search.json").read_bytes(), type=list[Page])
POSTS = [post for page in PAGES for post in page.data]
FEED = etree.parse(DATA / "arxiv-2021-03-30.atom.xml").getroot()
ENTRIES = FEED.findall("a:entry", NS)


def text_of(entry: etree._Element, path: str) -> str:
    found = entry.findtext(path, namespaces=NS)
    assert found is not None, path
    return found


def entry_id(entry: etree._Element) -> str:
    match = re.fullmatch(r"oai:arXiv\.org:(\d{4}\.\d{5})v\d+", text_of(entry, "a:id"))
    assert match
    return match[1]


def linked_papers(post: XPost) -> set[str]:
    return {match[1] for url in post.body[1] if (match := LINK.match(url.expanded_url))}


def counted() -> Iterator[tuple[str, XPost]]:
    """Every paper with every post that counts for it."""
    for post in POSTS:
        if post.is_original and post.is_newest_edit:
            for arxiv_id in linked_papers(post):
                yield arxiv_id, post


def sums() -> dict[str, tuple[int, int]]:
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for arxiv_id, post in counted():
        reposts, likes = totals[arxiv_id]
        metrics = post.public_metrics
        totals[arxiv_id] = (reposts + metrics.retweet_count, likes + metrics.like_count)
    return totals


def categories_of(entry: etree._Element) -> list[str | None]:
    return [category.get("term") for category in entry.findall("a:category", NS)]


class Story(msgspec.Struct):
    url: str
    points: int


class Stories(msgspec.Struct):
    hits: list[Story]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def test_the_original_posts_add_up_to_what_the_blog_printed() -> None:
    totals = sums()
    assert [(arxiv_id, *totals[arxiv_id]) for arxiv_id, _, _ in PRINTED] == PRINTED


def test_the_blogs_order_is_by_score_also_with_the_story_of_a_second_network() -> None:
    story = msgspec.json.decode((DATA / "hackernews-search.json").read_bytes(), type=Stories)
    points = {hit.url.rpartition("/")[2]: 2.5 * hit.points for hit in story.hits}
    scores = [reposts + likes + points.get(arxiv_id, 0) for arxiv_id, reposts, likes in PRINTED]
    assert all(score > following for score, following in pairwise(scores))


def test_every_other_listed_paper_stays_below_the_bar() -> None:
    totals = sums()
    others = {entry_id(entry) for entry in ENTRIES} - {row[0] for row in PRINTED}
    assert max(sum(totals.get(arxiv_id, (0, 0))) for arxiv_id in others) == 49


def test_each_way_to_count_wrongly_is_tempted() -> None:
    listed = {entry_id(entry) for entry in ENTRIES}
    retweets = [post for post in POSTS if not post.is_original]
    assert len(retweets) == 5
    assert all(post.public_metrics.like_count == 0 for post in retweets)
    counts = {post.id: post.public_metrics.retweet_count for post in POSTS}
    for post in retweets:
        assert post.public_metrics.retweet_count == counts[post.referenced_tweets[0].id]
        assert linked_papers(post) <= listed
    [older] = [post for post in POSTS if not post.is_newest_edit]
    [newer] = [post for post in POSTS if post.id == older.edit_history_tweet_ids[-1]]
    assert older.edit_history_tweet_ids == newer.edit_history_tweet_ids
    assert older.public_metrics.retweet_count < newer.public_metrics.retweet_count
    kinds = [reference.type for post in POSTS for reference in post.referenced_tweets]
    assert kinds.count("quoted") == 1
    strangers = [post for post in POSTS if not linked_papers(post) & listed]
    hosts = sorted(post.body[1][0].expanded_url.split("/")[2] for post in strangers)
    assert hosts == ["arxiv.org", "vixra.org"]


def test_posts_are_whole_and_have_the_shape_that_x_sends() -> None:
    users = {user.id: user for page in PAGES for user in page.includes.users}
    assert len({post.id for post in POSTS}) == len(POSTS)
    for post in POSTS:
        made_at = datetime.fromtimestamp(0, UTC) + timedelta(
            milliseconds=(int(post.id) >> 22) + SNOWFLAKE_EPOCH
        )
        assert made_at.replace(microsecond=0) == post.created_at
        assert MAILING_BEGAN <= post.created_at <= MAILING_BEGAN + timedelta(hours=29)
        assert re.fullmatch(r"\w{1,15}", users[post.author_id].username)
        text, urls = post.body
        assert len(post.text) <= 280
        assert urls
        assert all(text[url.start : url.end] == url.url for url in urls)


def test_pages_run_newest_first_and_end_without_a_token() -> None:
    ids = [int(post.id) for post in POSTS]
    assert ids == sorted(ids, reverse=True)
    tokens = [page.meta.next_token for page in PAGES]
    assert all(tokens[:-1])
    assert tokens[-1] is None
    for page in PAGES:
        ends = (page.meta.newest_id, page.meta.oldest_id)
        assert ends == (page.data[0].id, page.data[-1].id)
        assert page.meta.result_count == len(page.data)
        assert {user.id for user in page.includes.users} == {post.author_id for post in page.data}


def test_no_counted_post_is_too_small_for_the_recommended_search() -> None:
    """``min_likes:10 OR min_reposts:5``: a server that honours it still gives the exact sums."""
    for _, post in counted():
        metrics = post.public_metrics
        assert metrics.like_count >= 10 or metrics.retweet_count >= 5, post.text


def test_the_feed_announces_the_day() -> None:
    kinds = defaultdict(list)
    for entry in ENTRIES:
        full_id = text_of(entry, "a:id").removeprefix("oai:")
        kind = text_of(entry, "arxiv:announce_type")
        kinds[kind].append(entry)
        start = f"{full_id} Announce Type: {kind} \nAbstract: ".replace("arXiv.org:", "arXiv:")
        assert text_of(entry, "a:summary").startswith(start)
        assert text_of(entry, "a:published") == "2021-03-30T00:00:00-04:00"
        assert text_of(entry, "a:updated").startswith("2021-03-30T04:00:0")
        assert text_of(entry, "dc:creator")
    assert {kind: len(entries) for kind, entries in kinds.items()} == {
        "new": 38,
        "cross": 1,
        "replace": 1,
    }
    assert {row[0] for row in PRINTED} < {entry_id(entry) for entry in kinds["new"]}
    primary = categories_of(kinds["cross"][0])[0]
    assert primary
    assert not primary.startswith("cs.")
    assert primary != "stat.ML"


def test_hugging_face_did_not_exist_yet() -> None:
    assert msgspec.json.decode((DATA / "huggingface-daily-papers.json").read_bytes()) == []


@needs(SEED)
def test_titles_and_categories_are_facts_and_abstracts_are_our_own() -> None:
    run = 8  # words in a row that would be copying
    seed = SEED.read_text(encoding="utf-8")
    seed_words = words(seed)
    seed_runs = {tuple(seed_words[i : i + run]) for i in range(len(seed_words) - run + 1)}
    entries = {entry_id(entry): entry for entry in ENTRIES}
    for entry in ENTRIES:
        mine = words(text_of(entry, "a:summary").split("Abstract: ", 1)[1])
        shared = {tuple(mine[i : i + run]) for i in range(len(mine) - run + 1)} & seed_runs
        assert not shared, entry_id(entry)
    sections = re.split(r"^# \d+\. ", seed, flags=re.MULTILINE)[1:]
    for (arxiv_id, _, _), section in zip(PRINTED, sections, strict=True):
        entry = entries[arxiv_id]
        assert text_of(entry, "a:title") == " ".join(section.split("\n", 1)[0].split())
        assert categories_of(entry) == re.findall(r"/list/([^/]+)/recent", section)
