"""A paper as arXiv's own records have it, from OAI-PMH or the snapshot: with all its versions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from bot import text
from bot.models import Paper

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
# Beyond these a number is a slip, which would stop all records behind it.
_YEARS = range(1900, 3000)
_VERSIONS = range(1, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Texts are as arXiv sent them; ``paper`` makes them readable, which is the costly part.

    ``submitted_at`` is the time of version 1, None where a format does not tell it.
    ``categories`` are canonical. ``changed`` is the UTC day of the last change of anything in the
    record: never a listing date. A deleted record has neither texts nor categories.
    """

    arxiv_id: str
    changed: date | None = None
    deleted: bool = False
    categories: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    version: int = 1
    title: str = ""
    authors: str = ""
    abstract: str = ""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    license_url: str | None = None

    def paper(self) -> Paper:
        return Paper(
            arxiv_id=self.arxiv_id,
            title=text.title(self.title),
            authors=text.split_authors(self.authors),
            categories=self.categories,
            abstract=text.plain(self.abstract),
            version=self.version,
            submitted_at=self.submitted_at,
            comment=self.comment,
            journal_ref=self.journal_ref,
            doi=self.doi,
            license_url=self.license_url,
            raw_title=self.title,
            raw_authors=self.authors,
            raw_abstract=self.abstract,
        )


def version_time(spelt: str) -> datetime:
    """Of a version: "Mon, 29 Mar 2021 15:27:17 GMT". Raises ValueError, also without a zone."""
    try:
        at = _time(spelt)
    except OverflowError as error:
        raise ValueError(f"{spelt!r} is not a time") from error
    if at.tzinfo is None:
        raise ValueError(f"the time {spelt!r} has no zone")
    if at.year not in _YEARS:
        raise ValueError(f"nothing was submitted at {spelt!r}")
    return at


def version_number(spelt: str) -> int:
    """Of a version: "v2". Raises ValueError."""
    digits = spelt.removeprefix("v")
    number = int(digits) if digits.isdecimal() else 0
    if number not in _VERSIONS:
        raise ValueError(f"{spelt!r} is not a version")
    return number


def _time(spelt: str) -> datetime:
    try:
        _, day, month, year, clock, zone = spelt.split()
        hour, minute, second = clock.split(":")
        if zone == "GMT":  # arXiv knows no other; the library reads any, and takes ten times longer
            return datetime(
                int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
    except (ValueError, KeyError):
        pass
    return parsedate_to_datetime(spelt)
