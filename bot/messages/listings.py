"""What is the matter with a listing that arXiv was asked for. Becomes the reason of an outcome."""

from collections.abc import Iterable
from datetime import date, datetime

from bot.messages.common import counted, weekday_and_date

ARXIV = "arXiv"
NOTHING_ANNOUNCED = "nothing was announced"
NO_REASON = "no reason given"
DATED = "dated by submission times"


def no_listing(reason: str, *, weekend: bool = False) -> str:
    """``reason`` is the calendar's."""
    why = " (there is no listing on Saturdays and Sundays)" if weekend else ""
    return f"no listing: {reason}{why}"


def not_yet(at: datetime) -> str:
    return f"not announced yet: arXiv does so on {at:%Y-%m-%d at %H:%M} UTC"


def nothing_for(day: date) -> str:
    return f"arXiv announced nothing for {weekday_and_date(day)}"


def not_asked(why: str) -> str:
    return f"not asked: {why}"


TOO_SLOW = "arXiv answered too slowly"


def doubted(other: str) -> str:
    """``other`` is the door that knows better."""
    return f"is empty, but the {other} has papers"


# --- the feed -----------------------------------------------------------------------------------

BROKE_OFF_EMPTY = "the feed broke off before its first paper"
EMPTY_WITHOUT_DAY = "is empty and does not say its day"
NO_BODY = "an empty body"


def still_shows(days: Iterable[date]) -> str:
    return f"still shows {', '.join(map(weekday_and_date, sorted(days)))}"


def broke_off(papers: int) -> str:
    return f"the feed broke off after {papers:,} papers"


def cut(entries: int) -> str:
    return f"the feed was cut at {entries:,} entries, which drops new papers"


def empty_and_of(day: date) -> str:
    return f"is empty and of {weekday_and_date(day)}"


def unread(entries: int, first: str) -> str:
    """``first`` names the first entry that could not be read, and what is wrong with it."""
    the_first = "" if entries == 1 else "the first: "
    return f"{counted(entries, 'entry', 'entries')} could not be read ({the_first}{first})"


def no_feed(beginning: str) -> str:
    return f"arXiv sent no feed but {beginning}"


def refused(said: str) -> str:
    return f"arXiv refused: {said}"


# --- the pages ----------------------------------------------------------------------------------

NEITHER = "arXiv's page has neither entries nor a word about their absence"
EMPTY_PAGE = "arXiv sent a page with nothing in it"


def gave(size: int, total: int) -> str:
    return f"the pages gave {size:,} of {total:,} entries"


def of_page(number: int, error: Exception) -> str:
    return f"page {number}: {error}"


def without_day(near: str) -> str:
    """``near`` is the heading that comes nearest to one of a listing."""
    said = f"only {near!r}" if near else "no heading of a listing"
    return f"arXiv's page does not say its day: it has {said}"


def newest_is(day: date) -> str:
    return f"arXiv's new listing is that of {weekday_and_date(day)}"


def pages_end(day: date) -> str:
    return f"arXiv's pages of past days end with {weekday_and_date(day)}"


def pages_begin(day: date) -> str:
    return f"arXiv's pages of past days begin with {weekday_and_date(day)}"


# --- OAI-PMH and the API ------------------------------------------------------------------------

READ_IN_PART = f"{DATED}, and arXiv's records were read in part: 'hotpapers backfill' reads all"
NO_RECORDS_YET = "no records of it yet"
DATED_FOR_NOW = f"{DATED}, until a page or feed says it"
NOTHING_DATED = f"{NOTHING_ANNOUNCED}, {DATED}"
API_WITHOUT_FEED = "arXiv's API sent no feed, or not all of it"
API_WITHOUT_PAPERS = "arXiv's API counts papers and sends none"
NAMELESS = "a record without a name"
NAMELESS_ENTRY = "an entry without id"


def records_end(day: date) -> str:
    return f"arXiv's records end with {day}"


def oai_refused(said: str, code: str) -> str:
    return f"arXiv's OAI-PMH refused: {said or NO_REASON} ({code})"


def oai_without_records(name: str) -> str:
    return f"arXiv's OAI-PMH answered with <{name}>, which holds neither records nor an error"


def no_oai(error: str) -> str:
    return f"arXiv sent no OAI-PMH: {error}"


def other_document(name: str) -> str:
    return f"arXiv sent no OAI-PMH but an XML document <{name}>"


def oai_broke_off(records: int) -> str:
    return f"arXiv's OAI-PMH broke off after {records:,} records"


def oai_record_too_large(limit: int) -> str:
    return f"arXiv's OAI-PMH sent a record of more than {limit:,} bytes"


def oai_too_many_elements(limit: int) -> str:
    return f"arXiv's OAI-PMH sent a page of more than {limit:,} elements"


def page_too_large(limit: int) -> str:
    return f"arXiv sent a page of more than {limit:,} HTML tags"


def too_many_entries(limit: int) -> str:
    return f"arXiv sent more than {limit:,} entries in one answer"


def api_refused(said: str) -> str:
    return f"arXiv's API refused: {said}"
