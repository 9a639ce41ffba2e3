"""An archive with a week of listings and posts, as the daily job would have left it.

Tuesday 30 March 2021 is the newest closed day, Wednesday is still counted, and of the day before
the first nothing is known. All people and texts are invented.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database

from bot.config import Settings
from bot.models import Announcement, Listed, Network, Outcome, Post, Status
from bot.pipeline.rank import refresh
from bot.store import Archive, days, papers, posts
from tests.factories import legacy, listed, post

CLOSED = tuple(date(2021, 3, day) for day in (24, 25, 26, 29, 30))
NEWEST = CLOSED[-1]
STILL_OPEN = date(2021, 3, 31)
NOW = datetime(2021, 3, 31, 12, 0, tzinfo=UTC)

VIVIT = "2103.15691"
RETRIEVAL = "2103.14653"
HOSTILE = "2103.15808"
BELOW_BAR = "2103.15306"
CROSSED = "2103.15358"
REPLACED = "2103.10697"
SILENT = "2103.15002"
OPEN_PAPER = "2103.16111"

HOSTILE_TITLE = "@everyone **Free** [click](https://evil.example) <@123> `x` $\\alpha$ ||boo||"
_MANY = tuple(f"2103.15{number:03}" for number in range(100, 110))


def _of_newest() -> list[Listed]:
    return [
        listed(VIVIT, title="ViViT: A Video Vision Transformer", categories=("cs.CV",)),
        listed(RETRIEVAL, title="Retrieval for the Impatient", categories=("cs.CL", "cs.IR")),
        listed(HOSTILE, title=HOSTILE_TITLE, authors=("@here", "<@&5>"), categories=("cs.LG",)),
        listed(BELOW_BAR, title="A Quiet Result", categories=("cs.CL",)),
        listed(
            CROSSED,
            title="Chips That Think",
            categories=("cs.AR", "cs.CL"),
            announcement=Announcement.CROSS,
        ),
        listed(REPLACED, title="An Older Matter", announcement=Announcement.REPLACE),
        listed(SILENT, title="Unnoticed by All", categories=("math.CO",)),
        *(listed(number, categories=("cs.CV", "cs.LG")) for number in _MANY),
    ]


_LIKES = {VIVIT: 2739, RETRIEVAL: 1211, HOSTILE: 400, BELOW_BAR: 3, CROSSED: 120} | {
    number: 90 - place for place, number in enumerate(_MANY)
}


def _posts() -> list[Post]:
    found = [
        post(str(1000 + place), number, author=f"reader{place}", author_id=str(place), likes=likes)
        for place, (number, likes) in enumerate(_LIKES.items())
    ]
    hn = post(
        "77", RETRIEVAL, network=Network.HACKERNEWS, reposts=0, likes=40, author="quietreader",
        author_id="quietreader", url="https://news.ycombinator.com/item?id=77",
    )  # fmt: skip
    return [*found, hn, post("5000", OPEN_PAPER, likes=70, author_id="9001")]


def _of_older(day: date) -> list[Listed]:
    number = f"2103.1{day.day}00"
    return [
        listed(number, day=day, title=f"Work of {day:%A}", categories=("cs.CL",)),
        listed(f"2103.1{day.day}01", day=day, title="Also Listed", categories=("quant-ph",)),
    ]


async def fill(archive: Archive, settings: Settings) -> None:
    """Put the week into an empty archive."""
    await archive.write(_store)
    for day in (*CLOSED, STILL_OPEN):
        await refresh(archive, settings, day)


def _store(db: Database) -> None:
    for day in CLOSED:
        found = _of_newest() if day == NEWEST else _of_older(day)
        _harvested(db, day, found)
        days.close(db, day, now=_ended(day), late=False)
        if day != NEWEST:
            number = found[0].paper.arxiv_id
            posts.save(db, [post(f"9{day.day}", number, likes=day.day * 10, author_id="42")])
    _harvested(
        db,
        STILL_OPEN,
        [listed(OPEN_PAPER, day=STILL_OPEN, title="Of Today", categories=("cs.CL",))],
    )
    posts.save(db, _posts())


def _harvested(db: Database, day: date, found: Sequence[Listed]) -> None:
    days.open_day(db, day)
    papers.save(db, found, now=_ended(day))
    days.mark_harvested(db, day, now=_ended(day) - timedelta(hours=20))
    days.mark_counted(db, day, at=min(_ended(day), NOW))
    days.add_outcomes(db, day, "collect", _outcomes(_ended(day)))


def _outcomes(at: datetime) -> list[Outcome]:
    return [
        Outcome(source=Network.X, status=Status.OK, at=at, requests=2, items=15),
        Outcome(source=Network.HACKERNEWS, status=Status.OK, at=at, requests=1, items=1),
        Outcome(
            source=Network.HUGGINGFACE,
            status=Status.FAILED,
            at=at,
            reason=legacy("timed out after 30 s"),
        ),
    ]


def _ended(day: date) -> datetime:
    """The end of the day's counting window, 30 hours after its mailing began."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(days=1)
