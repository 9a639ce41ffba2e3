"""Why a day has no listing, and what is the matter with one that arXiv was asked for. Clauses."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from bot.messages.common import WEEKDAYS, counted, holiday, weekday_and_date
from bot.problems import Code


def _weekend(day: str) -> str:
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def _no_listing_at_weekends(day: str) -> str:
    return f"no listing: {_weekend(day)} (there is no listing on Saturdays and Sundays)"


def _listing_expected(at: str) -> str:
    return f"not announced yet: arXiv does so on {datetime.fromisoformat(at):%Y-%m-%d at %H:%M} UTC"


def _with_day(text: str) -> Callable[..., str]:
    """``text`` with the weekday and date of the argument ``day``."""
    return lambda day: text.format(day=weekday_and_date(date.fromisoformat(day)))


def _still_shows(days: Sequence[str]) -> str:
    return f"still shows {', '.join(map(_with_day('{day}'), sorted(days)))}"


def _more_papers(papers: int, problem: str | None = None) -> str:
    """``problem`` is what kept an answer from being whole; others had these ``papers`` besides."""
    words = counted(papers, "more paper")
    return f"{problem}, {words}" if problem else words


def _entries_unreadable(entries: int) -> str:
    return f"{counted(entries, 'entry', 'entries')} could not be read"


def _arxiv_refused(text: str = "") -> str:
    return f"arXiv refused: {text or 'no reason given'}"


def _oai_refused(error: str, text: str = "") -> str:
    """``error`` is the protocol's word for it."""
    return f"arXiv's OAI-PMH refused: {text or 'no reason given'} ({error})"


def _page_without_day(heading: str = "") -> str:
    """``heading`` is the one that comes nearest to that of a listing."""
    has = f"only {heading!r}" if heading else "no heading of a listing"
    return f"arXiv's page does not say its day: it has {has}"


def _snapshot_without_records(path: str, line: str = "") -> str:
    """``line`` is the first that could not be read, and what is wrong with it."""
    return f"{path} is not arXiv's snapshot: {line or 'it holds no records'}"


WORDS: dict[Code, str | Callable[..., str]] = {
    # --- the calendar's: why there is no listing
    Code.WEEKEND: _weekend,
    Code.ARXIV_HOLIDAY: lambda day: holiday(date.fromisoformat(day)),
    Code.NOT_ANNOUNCED_YET: "it has not been announced yet",
    # --- a harvest without a listing
    Code.NO_LISTING_AT_WEEKENDS: _no_listing_at_weekends,
    Code.NO_LISTING: "no listing: {why}",
    Code.LISTING_EXPECTED: _listing_expected,
    Code.NOTHING_ANNOUNCED: "nothing was announced",
    Code.NOTHING_ANNOUNCED_FOR: _with_day("arXiv announced nothing for {day}"),
    # --- several endpoints and questions
    Code.ANSWERED_IN_FULL: "complete",
    Code.OF_ENDPOINT: "{endpoint}: {problem}",
    Code.MORE_PAPERS: _more_papers,
    Code.NOT_ASKED_AFTER: "not asked: {subject}: {problem}",
    Code.NOT_ASKED_TOO_SLOW: "not asked: arXiv answered too slowly",
    # ``endpoint`` is the one that knows better.
    Code.EMPTY_BUT_DOUBTED: "is empty, but the {endpoint} has papers",
    Code.STILL_SHOWS: _still_shows,
    Code.ARXIV_REFUSED: _arxiv_refused,
    Code.ENTRIES_UNREADABLE: _entries_unreadable,
    # --- the feed
    Code.NO_FEED: "arXiv sent no feed",
    Code.PAPERS_LEFT_OUT: "arXiv's answer counts papers and holds none",
    Code.FEED_TRUNCATED: "the feed broke off after {papers:,} papers",
    Code.FEED_TRUNCATED_AT_ONCE: "the feed broke off before its first paper",
    Code.FEED_CUT: "the feed was cut at {entries:,} entries, which drops new papers",
    Code.FEED_WITHOUT_DAY: "is empty and does not say its day",
    Code.FEED_EMPTY_OF_OTHER_DAY: _with_day("is empty and of {day}"),
    # --- the pages
    Code.PAGE_EMPTY: "arXiv sent a page with nothing in it",
    Code.PAGE_WITHOUT_ENTRIES: "arXiv's page has neither entries nor a word about their absence",
    Code.PAGE_WITHOUT_DAY: _page_without_day,
    Code.PAGE_TOO_LARGE: "arXiv sent a page of more than {limit:,} HTML tags",
    Code.PAGES_INCOMPLETE: "the pages gave {entries:,} of {total:,} entries",
    Code.OF_PAGE: "page {page}: {problem}",
    Code.NEW_LISTING_OF_OTHER_DAY: _with_day("arXiv's new listing is that of {day}"),
    Code.PAGES_END: _with_day("arXiv's pages of past days end with {day}"),
    Code.PAGES_BEGIN: _with_day("arXiv's pages of past days begin with {day}"),
    # --- OAI-PMH
    Code.RECORDS_END: "arXiv's records end with {day}",
    Code.RECORDS_READ_IN_PART: "dated by submission times, and arXiv's records were read in part: "
    "'hotpapers backfill' reads all",
    Code.NO_RECORDS_YET: "no records of it yet",
    Code.DATED_BY_SUBMISSION: "dated by submission times",
    Code.DATED_BY_SUBMISSION_FOR_NOW: "dated by submission times, until a page or feed says it",
    Code.NOTHING_DATED_BY_SUBMISSION: "nothing was announced, dated by submission times",
    Code.NO_OAI: "arXiv sent no OAI-PMH",
    Code.OAI_REFUSED: _oai_refused,
    Code.OAI_WITHOUT_RECORDS: (
        "arXiv's OAI-PMH answered with <{element}>, which holds neither records nor an error"
    ),
    Code.OAI_BROKEN_OFF: "arXiv's OAI-PMH broke off after {records:,} records",
    Code.OAI_REPEATS: "arXiv's OAI-PMH repeats its pages",
    Code.OAI_RECORD_TOO_LARGE: "arXiv's OAI-PMH sent a record of more than {limit:,} bytes",
    Code.OAI_RECORD_UNREADABLE: "arXiv's record of the paper cannot be read",
    Code.OAI_PAGE_TOO_LARGE: "arXiv's OAI-PMH sent a page of more than {limit:,} elements",
    # --- a backfill: whole sentences
    Code.SNAPSHOT_UNREADABLE: "{path} cannot be read: {error}",
    Code.SNAPSHOT_EMPTY: "{path} is not arXiv's snapshot: it is empty",
    Code.SNAPSHOT_WITHOUT_RECORDS: _snapshot_without_records,
    Code.NO_LISTINGS_BETWEEN: "arXiv has had no listing from {first} to {last}.",
}
