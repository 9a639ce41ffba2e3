"""The values that travel between the rooms: frozen, typed, without behaviour that needs I/O.

All datetimes are aware and UTC. A ``date`` is always a *listing date*: the day that arXiv prints
on a mailing, which is the calendar day after the 20:00 New York announcement.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from bot.problems import Code, Problem


class Network(StrEnum):
    """A place where people post links to papers. The value is the source's key everywhere."""

    X = "x"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    HACKERNEWS = "hackernews"
    HUGGINGFACE = "huggingface"


class Announcement(StrEnum):
    """How arXiv announced a paper on a listing day (the feed's ``arxiv:announce_type``)."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def is_announcement(self) -> bool:
        """A replacement is never news."""
        return self in (Announcement.NEW, Announcement.CROSS)


class LearntFrom(StrEnum):
    """How a listing date was learnt, most trustworthy first."""

    FEED = "feed"
    LISTING = "listing"
    CATCHUP = "catchup"
    BLOG = "blog"
    CORRECTED = "corrected"
    COMPUTED = "computed"

    @property
    def is_printed(self) -> bool:
        """By arXiv itself."""
        return self in (LearntFrom.FEED, LearntFrom.LISTING, LearntFrom.CATCHUP)

    @property
    def is_computed(self) -> bool:
        """From submission times."""
        return self in (LearntFrom.COMPUTED, LearntFrom.CORRECTED)


class Era(StrEnum):
    """Under which rule a day's counts were made; days of different eras are never mixed."""

    HOTPAPERS = "hotpapers"
    BLOG_ORIGINAL_POSTS = "blog-original-posts"
    BLOG_REPOSTS_ADDED = "blog-reposts-added"


class Status(StrEnum):
    """What came of asking one source once."""

    OK = "ok"
    EMPTY = "empty"  # answered in full, and there was nothing
    INCOMPLETE = "incomplete"  # a part of the answer is missing; what came is kept
    FAILED = "failed"
    OFF = "off"  # not asked: switched off, or no key


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of asking one source once, with the reason where not all is well.

    ``source`` is a Network value, or for a harvest the category asked for. ``requests`` counts
    HTTP requests, ``items`` papers or posts that came.
    """

    source: str
    status: Status
    at: datetime
    reason: Problem | None = None
    requests: int = 0
    items: int = 0


ET_AL = "et al."
"""The last of a paper's authors where there are more that are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One arXiv paper. Texts are rendered (``bot.text.plain``); ``raw_*`` is what arXiv sent.

    ``arxiv_id`` is canonical and without version. The last of ``authors`` is ``ET_AL`` where a page
    cut the list. ``categories`` are canonical, primary first.
    ``submitted_at`` is the time of version 1, never the announcement.
    """

    arxiv_id: str
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    abstract: str
    version: int = 1
    submitted_at: datetime | None = None
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    license_url: str | None = None
    raw_title: str = ""
    raw_authors: str = ""
    raw_abstract: str = ""

    @property
    def primary(self) -> str:
        return self.categories[0] if self.categories else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A paper as announced on a listing day."""

    paper: Paper
    day: date
    announcement: Announcement
    learnt_from: LearntFrom


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReference:
    """One original post on a network that links papers, without its counts: nobody knows those of
    the posts that the old blog embedded.

    ``post_id`` is unique within the network. ``text`` is None where it must not be kept, or has
    expired.
    """

    network: Network
    post_id: str
    url: str
    author: str
    author_id: str
    posted_at: datetime
    arxiv_ids: tuple[str, ...]
    author_name: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(PostReference):
    """A post with its counts as of ``counted_at``.

    ``reposts`` and ``likes`` are the network's own: retweets and likes on X, boosts and favourites
    on Mastodon, points as likes on Hacker News, upvotes as likes on Hugging Face. ``supersedes``
    are the ids of earlier edits of this post. ``is_bot``: its account says that it is a program.
    """

    counted_at: datetime
    reposts: int
    likes: int
    replies: int = 0
    supersedes: tuple[str, ...] = ()
    is_bot: bool = False

    @property
    def interest(self) -> int:
        """Reposts and likes together: what the old blog called a post's score."""
        return self.reposts + self.likes


class DayState(StrEnum):
    """``OPEN`` until the counting window has ended and the harvest is whole."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A listing day in the archive. ``listed`` counts its news (new and cross-listed papers)."""

    day: date
    state: DayState
    era: Era
    listed: int
    harvested_at: datetime | None = None
    counted_at: datetime | None = None
    closed_at: datetime | None = None
    late: bool = False  # counts were taken after the day should have been closed


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """One network's part of a score: ``points = rate * (reposts + likes)``.

    ``posts`` and ``people`` are None where only the sum is known, as of what the old blog printed.
    """

    network: Network
    reposts: int
    likes: int
    rate: float
    points: float
    posts: int | None
    people: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPaper:
    """A paper with its place in a ranking. The points of ``parts`` add up to ``score``.

    ``exact_score`` is the score before it was rounded for being shown; the order follows it.
    ``people`` counts the distinct authors of posts, without accounts that say that they are bots,
    and is None where they are not known; ``posts`` holds the best posts, best first.
    """

    rank: int
    paper: Paper
    score: float
    exact_score: float
    parts: tuple[ScorePart, ...]
    people: int | None
    posts: tuple[PostReference, ...]
    day: date | None = None  # the listing day; for a period, the first one in it


class Language(StrEnum):
    """The languages of readers. The values are CLDR's names of them, as Babel takes them."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SPANISH = "es"
    PORTUGUESE = "pt_BR"
    JAPANESE = "ja"
    KOREAN = "ko"
    CHINESE = "zh_Hans"


class Period(StrEnum):
    """A span of listing days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"


class Rhythm(StrEnum):
    """Which days of a channel's calendar have a slot."""

    MAILING = "mailing"  # every day whose mailing brings a listing
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"  # Mondays, over the past week
    MONTHLY = "monthly"  # the first of a month, over the past month


class Layout(StrEnum):
    COMPACT = "compact"
    FULL = "full"


class CatchUp(StrEnum):
    """What a channel gets after downtime."""

    MERGE = "merge"
    EACH = "each"
    SKIP = "skip"


class Stage(StrEnum):
    """Where a paper falls out of a digest.

    What a channel has had takes no place among its top papers, so a paper is beyond the top only
    when enough papers above it are new to the channel.
    """

    NOT_HARVESTED = "not harvested"
    CATEGORY = "category"
    CROSS_LIST = "cross-list"
    KEYWORD = "keyword"
    EXCLUSION = "exclusion"
    BAR = "bar"
    BEYOND_TOP = "beyond top"
    ALREADY_POSTED = "already posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a channel asked for. ``rule_id`` is 0 until it is stored.

    ``categories`` are canonical patterns (``cs.CL``, ``cond-mat.*``); none means every category.
    ``bar`` None means the archive's own. ``suspended`` is why it is not delivered now, if so.
    ``unreadable`` is why what the archive holds of it cannot be read; then it stays suspended, and
    what could not be read has no meaning here.
    """

    guild_id: int
    channel_id: int
    categories: tuple[str, ...]
    at: time
    zone: str
    top: int = 10
    bar: float | None = None
    rhythm: Rhythm = Rhythm.MAILING
    layout: Layout = Layout.COMPACT
    cross_lists: bool = True
    keywords: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    thread: bool = False
    quiet_lines: bool = True
    catch_up: CatchUp = CatchUp.MERGE
    created_by: int = 0
    created_at: datetime | None = None
    paused: bool = False
    suspended: Problem | None = None
    deleted: bool = False
    rule_id: int = 0
    unreadable: Problem | None = None

    @property
    def is_personal(self) -> bool:
        """A member's own digest of what the member follows: ``channel_id`` is a direct message's,
        ``created_by`` the member, and no server has it."""
        return self.guild_id == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Something a member follows. ``query`` is a search as it was typed (``bot.search``)."""

    member_id: int
    query: str
    created_at: datetime
    paused: bool = False
    follow_id: int = 0


class TargetKind(StrEnum):
    CHANNEL = "channel"
    MEMBER = "member"


class LookupState(StrEnum):
    """What became of a paper that somebody asked for and that no harvest brought."""

    WAITING = "waiting"
    FOUND = "found"
    UNKNOWN = "unknown"  # to arXiv


class DeliveryState(StrEnum):
    """The life of one part of one slot; docs/delivery.md draws it."""

    PLANNED = "planned"
    RESERVED = "reserved"
    SENT = "sent"
    UNKNOWN = "unknown"
    DONE = "done"  # ended without a post, with its reason
    FAILED = "failed"  # given up for good, with its reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One moment at which a rule is due. ``at`` is UTC; ``local_date`` is the channel's date."""

    rule_id: int
    at: datetime
    local_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger: one message of one slot.

    ``unseen_since``: it may have been posted by a program whose archive was newer than this one,
    and since then nobody has looked. None: this archive knows all that was tried. ``may_stand``:
    it has ended without being sent, and yet may stand in its channel, or stood there once.
    ``reason`` is why it ended without being sent, or says only why there are no papers;
    ``last_error`` what came of the last try, until it ends.
    """

    delivery_id: int
    target_kind: TargetKind
    target_id: int
    rule_id: int
    slot_at: datetime
    part: int
    state: DeliveryState
    nonce: str
    listing_day: date | None = None
    message_id: int | None = None
    reason: Problem | None = None
    last_error: Problem | None = None
    attempts: int = 0
    payload: str = ""
    reserved_at: datetime | None = None
    sealed_at: datetime | None = None
    unseen_since: datetime | None = None
    may_stand: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The slots of a rule have not been delivered in full ``since`` that one; the reason is of the
    newest."""

    since: datetime
    reason: Problem


@dataclass(frozen=True, slots=True)
class RankingQuery:
    """What is asked of the archive for a ranking, from the command to the tables.

    ``period`` is the span that holds ``day``. ``categories`` are canonical patterns; a paper counts
    when any of its categories matches, none means all. At most ``top`` papers. ``era`` None means
    the period's own, ``min_score`` None the setting. ``per_page`` None means no pages; ``page``
    counts from 1, and one behind the last means the last.
    """

    day: date
    period: Period = Period.DAY
    categories: tuple[str, ...] = ()
    top: int | None = None
    era: Era | None = None
    min_score: float | None = None
    page: int = 1
    per_page: int | None = None

    def place(self, papers: int) -> tuple[int, int]:
        """Of so many papers in order, how many come before the page, and how many are on it."""
        asked = papers if self.top is None else min(papers, self.top)
        return page_of(asked, self.page, self.per_page)


def page_of(items: int, page: int, per_page: int | None) -> tuple[int, int]:
    """Of so many items, how many come before a page (from 1; the last one if there are fewer) and
    how many are on it. Without pages all are on one."""
    if per_page is None:
        return 0, items
    last = max(0, -(-items // per_page) - 1)
    before = min(max(page - 1, 0), last) * per_page
    return before, min(per_page, items - before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unharvested:
    """Patterns of categories that were ``asked`` for and of which nothing is harvested here, and
    the patterns that are ``harvested``."""

    asked: tuple[str, ...]
    harvested: tuple[str, ...]

    @property
    def problem(self) -> Problem:
        return Problem(Code.NOT_HARVESTED_HERE, asked=self.asked, harvested=self.harvested)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What a reader sees: ranked papers with what is needed to be honest about them."""

    start: date
    end: date
    period: Period
    era: Era
    papers: tuple[RankedPaper, ...]
    listed: int
    above_bar: int
    bar: float
    outcomes: tuple[Outcome, ...]
    counted_at: datetime | None = None
    state: DayState = DayState.OPEN
    categories: tuple[str, ...] = field(default=())
    late: bool = False
    left_out: tuple[tuple[Era, int], ...] = ()  # days of other eras in the period, not counted
    held: tuple[int, int] | None = None  # listing days in here, of how many the period has
    missing: tuple[Outcome, ...] = ()  # arXiv's categories of which a listing is not whole
    unharvested: Unharvested | None = None  # of ``categories``
