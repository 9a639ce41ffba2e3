"""The doors to arXiv and the daily job against arXiv's own feed, listing and OAI-PMH servers."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import text
from bot.arxiv import taxonomy
from bot.clock import ManualClock
from bot.errors import SourceError
from bot.http import Http
from bot.models import Announcement, Listed, Outcome, Status
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.listing import Catchup, ListingNew, questions
from bot.sources.arxiv.oai import ArxivOai, Window
from bot.sources.arxiv.record import Record
from bot.store import Archive, papers
from tests.acceptance import arxiv_day, arxiv_servers, cache
from tests.acceptance.arxiv_day import DAY, Entry
from tests.acceptance.steps import Steps
from tests.e2e import program

_THURSDAY = datetime(2011, 2, 3, 12, tzinfo=UTC)
_SATURDAY = datetime(2011, 2, 5, 12, tzinfo=UTC)
_YEARS_LATER = datetime(2020, 6, 1, 12, tzinfo=UTC)
# All but hep-lat and hep-ph, each with a paper that arXiv's own servers tell in two ways: the feed
# loses "(for the RBC and UKQCD Collaborations)" of 1102.0551, pages break a sentence of 1010.5809.
_WANTED = (
    "cs", "econ", "eess", "math", "nlin", "physics", "q-bio", "q-fin", "stat", "astro-ph",
    "cond-mat", "gr-qc", "hep-ex", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph",
)  # fmt: skip
_CATEGORIES = taxonomy.feeds(_WANTED)
# The page of a whole archive leaves out what was cross-listed within it.
_SUBJECTS = [frozenset(question.categories) for question in questions(_CATEGORIES)]
_MAX_ANNOUNCED_VERSION = 5
_MAX_NAMES_ON_A_PAGE = 100
_OFF = "".join(
    f"[sources.{name}]\nenabled = false\n"
    for name in ("x", "bluesky", "mastodon", "hackernews", "huggingface")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Addresses. ``weekend`` is a feed that takes it to be Saturday."""

    feed: str
    weekend: str
    pages: str
    records: str


async def check(steps: Steps) -> None:
    """Raises Unavailable."""
    arxiv_servers.prepare()
    test_data = cache.folder() / "arxiv-oaipmh" / "tests" / "data" / "browse.db"
    with TemporaryDirectory() as place:
        folder = Path(place)
        entries = arxiv_day.make(test_data, folder / "arxiv.db")
        async with _running(folder / "arxiv.db") as servers:
            async with Http(
                contact="tests@example.org", version="0", clock=ManualClock(_THURSDAY),
                seconds_per_try=60, tries=1, backoff=0,
            ) as http:  # fmt: skip
                await _feed(steps, servers, http, entries)
                await _pages(steps, servers, http, entries)
                await _records(steps, servers, http, folder / "arxiv.db", entries)
            await _daily(steps, servers, folder, entries)


@asynccontextmanager
async def _running(database: Path) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:

        async def start(name: str, at: datetime, path: str) -> str:
            server = arxiv_servers.serving(database, name, at.isoformat(), path)
            return await stack.enter_async_context(server)

        yield Servers(
            feed=await start("feed", _THURSDAY, "/feed/status"),
            weekend=await start("feed", _SATURDAY, "/feed/status"),
            pages=await start("browse", _SATURDAY, "/list/cs/new"),
            records=await start("oaipmh", _YEARS_LATER, "/oai?verb=Identify"),
        )


async def _feed(steps: Steps, servers: Servers, http: Http, entries: Sequence[Entry]) -> None:
    clock = ManualClock(_THURSDAY)
    door = ArxivFeed(http, clock, servers.feed, gate="none")
    expected = _announced(entries, [frozenset({name}) for name in _CATEGORIES], whole=False)
    for time in ("first", "second"):
        with steps.step(f"feed: how each paper was announced, asked a {time} time"):
            harvested = await door.harvest(DAY, _CATEGORIES)
            _same(_announcements(harvested.listed), expected)
            assert _statuses(harvested.outcomes) <= {Status.OK, Status.EMPTY}
    _check_texts(steps, "feed", harvested.listed, entries)
    with steps.step("feed: an unknown category fails alone"):
        harvested = await door.harvest(DAY, ["cs.XX", "cs.CL"])
        assert [outcome.status for outcome in harvested.outcomes] == [Status.FAILED, Status.OK]
    with steps.step("feed: an alias has its twin's papers"):
        twins = [await door.harvest(DAY, [name]) for name in ("math.MP", "math-ph")]
        assert twins[0].listed
        _same(*(_announcements(twin.listed) for twin in twins))
    weekend = ArxivFeed(http, ManualClock(_SATURDAY), servers.weekend, gate="none")
    with steps.step("feed: a Saturday has no listing"):
        harvested = await weekend.harvest(_SATURDAY.date(), _CATEGORIES)
        assert (harvested.listed, _statuses(harvested.outcomes)) == ((), {Status.EMPTY})
    with steps.step("feed: on Saturday it no longer has Thursday, and is asked once"):
        harvested = await weekend.harvest(DAY, _CATEGORIES)
        assert (harvested.listed, _statuses(harvested.outcomes)) == ((), {Status.FAILED})
        assert sum(outcome.requests for outcome in harvested.outcomes) == 1


async def _pages(steps: Steps, servers: Servers, http: Http, entries: Sequence[Entry]) -> None:
    clock = ManualClock(_THURSDAY)
    catchup = Catchup(http, clock, servers.pages, gate="none", spacing=0)
    listing = ListingNew(http, clock, servers.pages, gate="none", spacing=0)
    doors = (("/list", listing, entries), ("/catchup", catchup, _as_in_catchup(entries)))
    for path, door, announced in doors:
        expected = _announced(announced, _SUBJECTS, whole=True)
        with steps.step(f"{path}: how each paper was announced"):
            harvested = await door.harvest(DAY, _CATEGORIES)
            _same(_announcements(harvested.listed), expected)
            assert _statuses(harvested.outcomes) <= {Status.OK, Status.EMPTY}
        _check_texts(steps, path, harvested.listed, entries)
        with steps.step(f"{path}: an unknown category is a failure"):
            harvested = await door.harvest(DAY, ["cs.XX"])
            assert (harvested.listed, _statuses(harvested.outcomes)) == ((), {Status.FAILED})
    with steps.step("/catchup: a day without a mailing has nothing"):
        harvested = await catchup.harvest(date(2011, 2, 2), ["cs.CL"])
        assert (harvested.listed, _statuses(harvested.outcomes)) == ((), {Status.EMPTY})


async def _records(
    steps: Steps, servers: Servers, http: Http, database: Path, entries: Sequence[Entry]
) -> None:
    clock = ManualClock(_YEARS_LATER)
    door = ArxivOai(http, clock, servers.records, gate="none", backoff=0)
    changed = arxiv_day.changed(database)
    windows = {
        "everything": Window(date(2007, 5, 23)),
        "one day": Window(DAY, DAY),
        "two months": Window(date(2015, 3, 1), date(2015, 4, 30)),
    }
    for name, window in windows.items():
        with steps.step(f"OAI-PMH: {name}, page by page"):
            records, pages = await _all(door, window)
            end = window.until or _YEARS_LATER.date()
            inside = [key for key, day in changed.items() if window.start <= day <= end]
            assert sorted(record.arxiv_id for record in records) == sorted(inside)
            assert pages > 1
    with steps.step("OAI-PMH: a set has the papers of its category"):
        records, _ = await _all(door, Window(DAY, None, "cs:cs:CL"))
        assert records
        assert all("cs.CL" in record.categories for record in records)
    with steps.step("OAI-PMH: a window with nothing is empty"):
        assert await _all(door, Window(date(2008, 12, 25), date(2008, 12, 25))) == ([], 1)
    with steps.step("OAI-PMH: an unknown set is refused"):
        try:
            await _all(door, Window(DAY, None, "cs:cs:XX"))
        except SourceError:
            pass
        else:
            raise AssertionError("nothing was refused")
    with steps.step("OAI-PMH: most of the day's new papers, dated by their submission"):
        harvested = await door.harvest(DAY, _CATEGORIES)
        new = {key for key, kind in _news(entries).items() if kind}
        dated = {item.paper.arxiv_id for item in harvested.listed}
        assert len(dated & new) >= 0.95 * len(new), f"{len(dated & new)} of {len(new)}"
    _check_texts(steps, "OAI-PMH", harvested.listed, entries)


async def _all(door: ArxivOai, window: Window) -> tuple[list[Record], int]:
    """The records of all pages, and how many pages they came on."""
    records: list[Record] = []
    token, pages = "", 0
    while token or not pages:
        page = await door.page(window, token)
        assert not page.problems, page.problems
        records += page.records
        token, pages = page.token, pages + 1
    return records, pages


async def _daily(steps: Steps, servers: Servers, folder: Path, entries: Sequence[Entry]) -> None:
    """The program as a process, with each of the doors as the one that has the day."""
    by_category = _announced(entries, [frozenset({name}) for name in _CATEGORIES], whole=False)
    by_page = _announced(entries, _SUBJECTS, whole=True)
    by_catchup = _announced(_as_in_catchup(entries), _SUBJECTS, whole=True)
    nowhere = servers.records  # answers 404 to what the others are asked
    ways = {
        "feed": (servers.feed, nowhere, nowhere, _THURSDAY, by_category),
        "pages": (nowhere, servers.pages, nowhere, _THURSDAY, by_page),
        "catchup": (servers.weekend, servers.pages, nowhere, _SATURDAY, by_catchup),
    }
    for name, (feed, pages, records, at, expected) in ways.items():
        with steps.step(f"hotpapers daily: the day's papers from {name}"):
            place = _configured(folder / name, feed, pages, records)
            done = program.run("daily", "--date", DAY, cwd=place, HOTPAPERS_CLOCK=at.isoformat())
            assert done.returncode == 0, done.stdout + done.stderr
            _same(_announcements(await _kept(place)), expected)
    with steps.step("hotpapers daily: years later the day's papers from OAI-PMH"):
        place = _configured(folder / "oai", servers.weekend, servers.pages, servers.records)
        later = _YEARS_LATER.isoformat()
        done = program.run("daily", "--date", DAY, cwd=place, HOTPAPERS_CLOCK=later)
        assert done.returncode == 0, done.stdout + done.stderr
        new = _news(entries)
        kept = {item.paper.arxiv_id for item in await _kept(place)}
        assert len(kept & new.keys()) >= 0.95 * len(new), f"{len(kept & new.keys())} of {len(new)}"
    with steps.step("hotpapers daily: a Saturday has no listing"):
        place = _configured(folder / "saturday", servers.weekend, servers.pages, servers.records)
        clock = _SATURDAY.isoformat()
        done = program.run("daily", "--date", _SATURDAY.date(), cwd=place, HOTPAPERS_CLOCK=clock)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no listing" in done.stdout, done.stdout


def _configured(place: Path, feed: str, pages: str, records: str) -> Path:
    place.mkdir()
    arxiv = {"feed_url": feed, "listing_url": pages, "oai_url": records, "api_url": records}
    urls = "".join(f'{key} = "{url}"\n' for key, url in arxiv.items())
    (place / "config.toml").write_text(
        f'[bot]\ncontact = "tests@example.org"\n[archive]\npath = "archive.db"\n'
        f"[http]\ntries = 1\n[arxiv]\ncategories = {list(_WANTED)}\n{urls}"
        f"seconds_between_requests = 0\nseconds_between_pages = 0\n{_OFF}"
    )
    return place


async def _kept(place: Path) -> list[Listed]:
    async with await Archive.open(place / "archive.db") as archive:
        return await archive.read(papers.of_day, DAY)


# --- what should come out -----------------------------------------------------------------------


def _announced(
    entries: Iterable[Entry], subjects: Collection[frozenset[str]], *, whole: bool
) -> dict[str, Announcement]:
    """Each paper's best announcement in the lists of ``subjects``, by arXiv's own rules."""
    best: dict[str, Announcement] = {}
    order = list(Announcement)
    for entry in entries:
        kinds = [_kind(entry, subject, whole=whole) for subject in subjects]
        if known := [kind for kind in kinds if kind is not None]:
            best[entry.arxiv_id] = min(known, key=order.index)
    return best


def _as_in_catchup(entries: Iterable[Entry]) -> list[Entry]:
    """There a paper that was cross-listed stands in all of its categories, also in those that it
    had before.
    """
    return [
        replace(entry, added=entry.categories) if entry.kind == "cross" else entry
        for entry in entries
    ]


def _kind(entry: Entry, subject: frozenset[str], *, whole: bool) -> Announcement | None:
    if not subject & set(taxonomy.canonical(entry.announced_in)):
        return None
    primary = taxonomy.canonical(entry.categories)[0] in subject
    match entry.kind:
        case "new":
            return Announcement.NEW if primary else Announcement.CROSS
        case "cross":
            return None if primary and whole else Announcement.CROSS
        case "rep" | "wdr" if entry.version <= _MAX_ANNOUNCED_VERSION:
            return Announcement.REPLACE if primary else Announcement.REPLACE_CROSS
    return None


def _news(entries: Iterable[Entry]) -> dict[str, Announcement]:
    """The new papers in the wanted categories."""
    new = [entry for entry in entries if entry.kind == "new"]
    return _announced(new, [frozenset(_CATEGORIES)], whole=False)


def _check_texts(
    steps: Steps, door: str, listed: Sequence[Listed], entries: Iterable[Entry]
) -> None:
    """Title, authors, categories and the paragraphs of the abstract are those of arXiv's table."""
    by_id = {entry.arxiv_id: entry for entry in entries}
    known = [(item.paper, by_id[item.paper.arxiv_id]) for item in listed]
    with steps.step(f"{door}: titles"):
        _same(
            {paper.arxiv_id: paper.title for paper, _ in known},
            {entry.arxiv_id: text.title(entry.title) for _, entry in known},
        )
    with steps.step(f"{door}: authors"):
        is_page = door.startswith("/")
        _same(
            {paper.arxiv_id: _people(paper.authors) for paper, _ in known},
            {entry.arxiv_id: _people(_authors(entry, is_page=is_page)) for _, entry in known},
        )
    with steps.step(f"{door}: categories"):
        _same(
            {paper.arxiv_id: _categories(paper.categories) for paper, _ in known},
            {e.arxiv_id: _categories(taxonomy.canonical(e.categories)) for _, e in known},
        )
    with steps.step(f"{door}: paragraphs of abstracts"):
        _same(
            {paper.arxiv_id: paper.abstract.count("\n\n") for paper, _ in known},
            {entry.arxiv_id: text.plain(entry.abstract).count("\n\n") for _, entry in known},
        )


def _authors(entry: Entry, *, is_page: bool) -> tuple[str, ...]:
    """Pages end at the hundredth name when more than one is behind it."""
    names = text.split_authors(entry.authors)
    if is_page and len(names) > _MAX_NAMES_ON_A_PAGE + 1:
        return (*names[:_MAX_NAMES_ON_A_PAGE], "et al.")
    return names


def _people(authors: Sequence[str]) -> list[str]:
    """Pages leave out the comma of "Jr."."""
    return [name.replace(", ", " ") for name in authors]


def _categories(categories: Sequence[str]) -> tuple[str, list[str]]:
    """The primary one, and the others in any order."""
    return categories[0], sorted(categories[1:])


def _announcements(listed: Iterable[Listed]) -> dict[str, Announcement]:
    best: dict[str, Announcement] = {}
    order = list(Announcement)
    for item in listed:
        known = best.get(item.paper.arxiv_id, item.announcement)
        best[item.paper.arxiv_id] = min(known, item.announcement, key=order.index)
    return best


def _statuses(outcomes: Iterable[Outcome]) -> set[Status]:
    return {outcome.status for outcome in outcomes}


def _same(found: Mapping[str, object], expected: Mapping[str, object]) -> None:
    """Raises AssertionError with what differs."""
    differing = [
        f"{key}: {found.get(key)!r}, not {expected.get(key)!r}"
        for key in sorted(found.keys() | expected.keys())
        if found.get(key) != expected.get(key)
    ]
    assert not differing, f"{len(differing)} of {len(expected)} differ: {'; '.join(differing[:5])}"
