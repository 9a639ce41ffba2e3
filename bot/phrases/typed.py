"""What is wrong with what somebody typed, and how it is written."""

from collections.abc import Sequence

from bot.phrases.common import listed

NO_CATEGORY_NAMED = "No category is named there. Write cs.CL, or * for all of them."


def too_many_words(most: int) -> str:
    return f"At most {most} keywords, please."


def word_too_long(most: int) -> str:
    return f"A keyword has at most {most} characters."


def no_letters(word: str) -> str:
    return f"{word!r} has no letter or digit, so no paper says it."


def not_a_digest(text: str) -> str:
    return f"This server has no digest {text!r}. /digest list shows them all."


def not_harvested_here(categories: Sequence[str]) -> str:
    return (
        f"I harvest nothing of {listed(categories)}, so only cross-lists from elsewhere can come. "
        "Who runs me can add it to categories under [arxiv]."
    )


WHICH_DIGEST = "This server has several digests. Say which one with digest:"
NO_DIGEST = "This server has no digest yet. Add one with /digest add."
NO_DIGEST_IN_CHANNEL = "No digest is posted in that channel. /digest list shows them all."


def size_not_read(text: str, most: int) -> str:
    return (
        f"{text!r} is not a size. Write 8 for the top 8, or 8 above 40 for a bar of 40; "
        f"at most {most}."
    )


def when_not_read(text: str) -> str:
    return f"{text!r} is not an hour with a time zone. Write it like 09:00 Europe/Berlin."
