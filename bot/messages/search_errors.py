"""What is wrong with a search, and how it is written."""

from collections.abc import Sequence
from datetime import date

EXAMPLES = (
    'speculative decoding · "large language model" · author:lecun · cat:cs.CL after:2021-03-01 '
    "-survey · 2103.15691"
)
_LIKE = {
    "author": 'author:chen or author:"yann lecun"',
    "title": "title:transformer",
    "cat": "cat:cs.CL or cat:cond-mat.*",
    "before": "before:2021-03-30",
    "after": "after:2021-03-30",
    "on": 'on:2021-03-30 or on:"last tue"',
}

NOTHING_TYPED = f"Type what to look for, such as: {EXAMPLES}"
NO_WORD = f"There is no word to look for here. Try: {EXAMPLES}"
ONLY_LEAVES_OUT = "This says only what to leave out; add what to look for."
NEVER_CLOSED = "This quotation mark is never closed."
FOREIGN_LINK = "This link does not name a paper of arXiv."
NO_OR = "There is no OR here: everything must hold. Search twice."
NO_NOT = "Write -word, without a space, to leave a word out."
NO_CATEGORY = f"cat: needs a category, such as {_LIKE['cat']}."
NO_SUCH_DAY = "No day that arXiv knows is meant here."


def examples() -> str:
    return f"Examples: {EXAMPLES}"


def too_long(most: int, length: int) -> str:
    return f"A search may have {most} characters; this has {length:,}."


def too_many_terms(most: int) -> str:
    return f"A search may have {most} words and phrases."


def no_field(typed: str, near: Sequence[str], piece: str) -> str:
    """``typed`` is a word with a colon, ``near`` fields like it, ``piece`` all that hangs on it."""
    hint = f"Did you mean {near[0]}:? " if near else ""
    return (
        f"There is no {typed} here. {hint}There are author:, title:, cat:, before:, after: "
        f'and on:. For the words themselves put them into quotes: "{piece}".'
    )


def needs_value(field: str) -> str:
    return f"{field}: needs a value, such as {_LIKE[field]}."


def no_word_in(field: str) -> str:
    """``field`` is empty for quotes without one."""
    example = _LIKE.get(field, '"large language model"')
    return f"There is no word here; write it like {example}."


def no_days_without(field: str) -> str:
    other = {"before": "after:", "after": "before:"}.get(field, "before: or after:")
    return f"-{field}: is not known here; use {other}"


def no_day_between(first: date, last: date) -> str:
    return f"No day is both from {first} on and up to {last}."


def search_like() -> str:
    return f"Searches look like these: {EXAMPLES}"


def at_place(piece: str, what: str) -> str:
    return f"At “{piece}”: {what}"


# --- why a paper was found ----------------------------------------------------------------------

IN_TITLE = "in the title"
AMONG_AUTHORS = "among the authors"
IN_ABSTRACT = "in the abstract"
