"""How numbers, lists, days and times are said, for every other module of these."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.clock import utc as utc  # beside the other formatters, for the modules here
from bot.models import ET_AL, Language, Period

# --- numbers and lists --------------------------------------------------------------------------


def number(value: int) -> str:
    """Whole, with separators; from a billion on shortened, as nobody reads on."""
    return f"{value:,}" if abs(value) < 10**9 else f"{Decimal(value):.1e}"


def points(value: float) -> str:
    """At most two decimals, none where they are noughts."""
    plain = f"{value:,.2f}".rstrip("0").rstrip(".")
    return plain if abs(value) < 10**9 else f"{value:.1e}"


def rate(value: float) -> str:
    """As it was written in the settings."""
    return f"{Decimal(repr(value)).normalize():f}"


def counted(count: int, one: str, many: str = "") -> str:
    """``many`` is ``one`` with an s, unless it is given."""
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"


def listed(words: Sequence[str], most: int = 5) -> str:
    """``a, b and c``; of many the first ``most`` and how many more. One may be very long."""
    return _joined(words, "and", most)


def authors(names: Sequence[str]) -> str:
    """The first three and how many more, or "others" where that is not known."""
    if ET_AL in names[-1:]:
        return f"{', '.join(names[:3])} and others"
    return listed(names, most=3)


def either(words: Sequence[str], most: int = 5) -> str:
    """``a, b or c``, as ``listed``."""
    return _joined(words, "or", most)


def _joined(words: Sequence[str], last: str, most: int) -> str:
    shown = list(words[:most])
    if len(words) > most:
        shown.append(f"{number(len(words) - most)} more")
    return f" {last} ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def sentence(parts: Sequence[str]) -> str:
    """Remarks side by side, the first with a capital letter; nothing of those that are empty."""
    line = " · ".join(filter(None, parts))
    return f"{line[:1].upper()}{line[1:]}"


def continued(first: int, last: int) -> str:
    """``6-10``: the places of the papers on a message that is not the first."""
    return f"{first}-{last}" if last > first else f"{first}"


def papers(count: int) -> str:
    return counted(count, "paper")


# --- days and times -----------------------------------------------------------------------------

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day(value: date) -> str:
    """``Tuesday, 30 March 2021``."""
    return f"{WEEKDAYS[value.weekday()]}, {value.day} {MONTHS[value.month - 1]} {value.year}"


def weekday_and_date(value: date) -> str:
    """``Tuesday 30 March 2021``, for a list that has commas already."""
    return f"{WEEKDAYS[value.weekday()]} {short_date(value)}"


def plain_day(value: date, language: Language = Language.ENGLISH) -> str:
    """``Tue 30 Mar 2021``, as ``bot.parsing`` reads it back."""
    if language is Language.ENGLISH:
        return f"{short_day(value)} {value.year}"
    from babel.dates import format_skeleton  # no start waits for it

    return format_skeleton("yMMMEd", value, locale=language)


def short_day(value: date) -> str:
    """``Tue 30 Mar``, for a list or a button."""
    return f"{WEEKDAYS[value.weekday()][:3]} {value.day} {MONTHS[value.month - 1][:3]}"


def short_date(value: date) -> str:
    """``30 March 2021``."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def span(start: date, end: date, period: Period) -> str:
    """What a ranking is about, such as ``Week of 22–26 March 2021`` or ``March 2021``."""
    match period:
        case Period.MONTH:
            return f"{MONTHS[end.month - 1]} {end.year}"
        case Period.YEAR:
            return str(end.year)
        case Period.ALL:
            return f"All time, {_dates(start, end)}"
        case Period.WEEK:
            monday = start - timedelta(start.weekday())
            whole = end < monday + timedelta(7)
            days = _dates(monday, monday + timedelta(4)) if whole else _dates(start, end)
            return f"Week of {days}"
        case Period.DAY:
            return day(end) if start == end else _dates(start, end)


def _dates(start: date, end: date) -> str:
    """``22–26 March 2021``, and no more than is needed when month or year change."""
    last = short_date(end)
    if start == end:
        return last
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{last}"
    first = _in_year(start)
    return f"{first} – {last}" if start.year == end.year else f"{first} {start.year} – {last}"


def holiday(value: date) -> str:
    """Why a weekday has no listing."""
    return f"arXiv holiday, nothing announced for {WEEKDAYS[value.weekday()]} {_in_year(value)}"


def _in_year(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]}"


def zone(name: str) -> str:
    """A time zone as people name it: ``Etc/GMT-2``, which POSIX counts westwards, is ``UTC+2``."""
    if name.startswith(("Etc/GMT-", "Etc/GMT+")):
        return f"UTC{'+' if name[7] == '-' else '-'}{name[8:]}"
    return name


def moment(at: datetime, style: str = "f") -> str:
    return f"<t:{int(at.timestamp())}:{style}>"


def soon(at: datetime) -> str:
    """A time with its distance from now."""
    return f"{moment(at)} ({moment(at, 'R')})"
