"""What cannot be read of what somebody typed, searches included, and how it is written."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.messages.commands import not_followed
from bot.messages.common import MONTHS, WEEKDAYS, plain_day
from bot.messages.input_errors import did_you_mean, no_zone, not_a_digest
from bot.messages.search_errors import EXAMPLES
from bot.problems import Code

_FIELD_EXAMPLES = {
    "author": 'author:chen or author:"yann lecun"',
    "title": "title:transformer",
    "cat": "cat:cs.CL or cat:cond-mat.*",
    "before": "before:2021-03-30",
    "after": "after:2021-03-30",
    "on": 'on:2021-03-30 or on:"last tue"',
}


def _no_such_day_of_month(last: str) -> str:
    day = date.fromisoformat(last)
    return f"{MONTHS[day.month - 1]} {day.year} has {day.day} days."


def _several_dates(text: str, days: Sequence[str]) -> str:
    names = " or ".join(plain_day(date.fromisoformat(day)) for day in days)
    return f"{text!r} may be {names}. Write {' or '.join(days)}."


def _other_weekday(day: str) -> str:
    real = date.fromisoformat(day)
    month = MONTHS[real.month - 1][:3]
    return f"{real.day} {month} {real.year} is a {WEEKDAYS[real.weekday()]}."


def _several_papers(text: str, arxiv_ids: Sequence[str]) -> str:
    return f"{text} names {len(arxiv_ids)} papers: {', '.join(arxiv_ids)}. Give one."


def _unknown_category(text: str, close: Sequence[str]) -> str:
    return f"arXiv has no category {text!r}.{did_you_mean(close)}"


def _unknown_field(field: str, near: Sequence[str], piece: str) -> str:
    """``field`` is a word with a colon, ``near`` fields like it, ``piece`` all that hangs on it."""
    hint = f"Did you mean {near[0]}:? " if near else ""
    return (
        f"There is no {field} here. {hint}There are author:, title:, cat:, before:, after: "
        f'and on:. For the words themselves put them into quotes: "{piece}".'
    )


def _field_without_word(field: str) -> str:
    """``field`` is empty for quotes without a word."""
    example = _FIELD_EXAMPLES.get(field, '"large language model"')
    return f"There is no word here; write it like {example}."


def _excluded_days(field: str) -> str:
    other = {"before": "after:", "after": "before:"}.get(field, "before: or after:")
    return f"-{field}: is not known here; use {other}"


WORDS: dict[Code, str | Callable[..., str]] = {
    # --- days, hours and zones
    Code.NO_DATE: "{text!r} is not a date I can read. "
    "Try 2021-03-30, 'yesterday', 'last tue', '3 days ago' or 'march 30 2021'.",
    Code.NO_SUCH_DAY_OF_MONTH: _no_such_day_of_month,
    Code.SEVERAL_DATES: _several_dates,
    Code.OTHER_WEEKDAY: _other_weekday,
    Code.NO_HOUR: "{text!r} is not a time of day. Try 09:00, 9, 9:30 pm or 18.30.",
    Code.NO_ZONE: no_zone,
    Code.NO_HOUR_WITH_ZONE: "{text!r} is not an hour with a time zone. "
    "Write it like 09:00 Europe/Berlin.",
    # --- papers and categories
    Code.SEVERAL_PAPERS: _several_papers,
    Code.NO_PAPER: "{text} is not an arXiv id or link. "
    "Try 2103.15691, hep-th/9901001 or https://arxiv.org/abs/2103.15691.",
    Code.NOT_CANONICAL_ID: "{text} is not a canonical arXiv id, such as 2103.15691.",
    Code.UNKNOWN_CATEGORY: _unknown_category,
    Code.EXCLUDED_CATEGORY: "{text!r} would leave a category out. That is understood where a "
    "digest or something to follow is set up, and in a search: -cat:cs.CV.",
    Code.NOTHING_LEFT: "{text!r} leaves out all that it asks for. Write it like cs.*, -cs.CV.",
    # --- keywords, digests, sizes
    Code.TOO_MANY_KEYWORDS: "At most {most} keywords, please.",
    Code.KEYWORD_TOO_LONG: "A keyword has at most {most} characters.",
    Code.KEYWORD_WITHOUT_LETTERS: "{keyword!r} has no letter or digit, so no paper says it.",
    Code.KEYWORD_WITH_DAYS: "A keyword cannot have before:, after: or on:.",
    Code.UNREADABLE_KEYWORD: "The keyword {keyword!r} cannot be read: {why}",
    Code.UNKNOWN_DIGEST: not_a_digest,
    Code.UNKNOWN_FOLLOW: not_followed,
    Code.NO_SIZE: "{text!r} is not a size. Write 8 for the top 8, or 8 above 40 for a bar of 40; "
    "at most {most}.",
    Code.BAR_TOO_HIGH: "A bar is at most {most:,} points.",
    Code.RATE_OUT_OF_RANGE: "The rate of {network} must be a number from 0 to {limit}, not {rate}.",
    Code.BAR_OUT_OF_RANGE: "The bar must be a number from 0 to {limit}, not {bar}.",
    Code.BLOG_DAY_WITHOUT_POSTS: "{day} was counted by the old blog, which printed sums and no "
    "posts: nothing else can be made of them.",
    # --- searches
    Code.EMPTY_QUERY: f"Type what to look for, such as: {EXAMPLES}",
    Code.QUERY_TOO_LONG: "A search may have {most} characters; this has {length:,}.",
    Code.QUERY_WITHOUT_WORD: f"There is no word to look for here. Try: {EXAMPLES}",
    Code.QUERY_ONLY_EXCLUDES: "This says only what to leave out; add what to look for.",
    Code.TOO_MANY_TERMS: "A search may have {most} words and phrases.",
    Code.UNKNOWN_FIELD: _unknown_field,
    Code.FIELD_WITHOUT_VALUE: lambda field: (
        f"{field}: needs a value, such as {_FIELD_EXAMPLES[field]}."
    ),
    Code.FIELD_WITHOUT_WORD: _field_without_word,
    Code.FIELD_WITHOUT_CATEGORY: f"cat: needs a category, such as {_FIELD_EXAMPLES['cat']}.",
    Code.UNCLOSED_QUOTE: "This quotation mark is never closed.",
    Code.FOREIGN_LINK: "This link does not name a paper of arXiv.",
    Code.OR_IN_QUERY: "There is no OR here: everything must hold. Search twice.",
    Code.NOT_IN_QUERY: "Write -word, without a space, to leave a word out.",
    Code.EXCLUDED_DAYS: _excluded_days,
    Code.DAY_OUT_OF_RANGE: "No day that arXiv knows is meant here.",
    Code.NO_DAY_BETWEEN: "No day is both from {first} on and up to {last}.",
}
