"""Reads lists and pairs that people type into options and forms. Pure; raises InputError."""

import re
from collections.abc import Iterator
from datetime import time
from typing import NamedTuple

from bot.arxiv import taxonomy
from bot.errors import InputError, UnknownCategory
from bot.parsing.times import parse_hour
from bot.parsing.zones import find_zone
from bot.problems import Code, Problem

MAX_TOP = 25
MAX_BAR = 1_000_000
_MAX_HOUR_WORDS = 3  # as in "9 30 pm Berlin"

_ALL = ("all", "any", "every", "everything")
_EXCLUDED = re.compile(r"(?:^|[,;\s])\s*-\s*")
_BETWEEN = re.compile(r"[,;\n]")
_SIZE = re.compile(
    r"(?:top )?(?P<top>[0-9]{1,4})"
    r"(?:\s*(?:above|over|from|,|;|/|>=?)\s*(?P<bar>[0-9]+(?:\.[0-9]+)?))?"
)


class Categories(NamedTuple):
    """Canonical patterns, each once. None ``wanted`` means every category but those ``without``."""

    wanted: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def exclusions(self) -> tuple[str, ...]:
        """``without`` as keywords that exclude."""
        return tuple(f"cat:{pattern}" for pattern in self.without)


def categories(text: str) -> tuple[str, ...]:
    """Canonical patterns, each once: ``cs.cl, cond-mat.*``. None at all means every category.

    Raises UnknownCategory, also for one that is to be left out (``-cs.CV``).
    """
    wanted: dict[str, None] = {}
    for piece in filter(None, map(str.strip, _BETWEEN.split(text))):
        for pattern in _patterns(piece):
            wanted[pattern] = None
    return () if taxonomy.ANY in wanted else tuple(wanted)


def category_choice(text: str) -> Categories:
    """As ``categories``, with those to be left out: ``cs.*, -cs.CV``.

    Raises InputError where nothing is left, or a category is both wanted and not.
    """
    pieces = [piece.strip() for piece in _BETWEEN.split(_EXCLUDED.sub(", -", text))]
    without = categories(", ".join(piece[1:] for piece in pieces if piece.startswith("-")))
    wanted = categories(", ".join(piece for piece in pieces if not piece.startswith("-")))
    left_out = {category for pattern in without for category in taxonomy.expand(pattern)}
    asked = {category for pattern in wanted for category in taxonomy.expand(pattern)}
    bare = any(piece.startswith("-") for piece in pieces) and not without  # "-*", or "-" alone
    if bare or (without and wanted and asked <= left_out):
        raise InputError(Problem(Code.NOTHING_LEFT, text=_shown(text)))
    return Categories(wanted, without)


def _patterns(piece: str) -> Iterator[str]:
    """One, or several between spaces: "cs cl" is one, "cs.CL cs.IR" are two."""
    if piece.casefold() in _ALL:
        yield taxonomy.ANY
        return
    try:
        yield taxonomy.resolve_pattern(piece)
    except UnknownCategory:
        if len(piece.split()) == 1:
            raise
        for each in piece.split():
            yield taxonomy.resolve_pattern(each)


def follow_query(
    *,
    category: tuple[str, ...] = (),
    author: str = "",
    keyword: str = "",
    search: str = "",
    exclude: tuple[str, ...] = (),
) -> str:
    """What somebody wants to follow, as one search; all that is given must hold. "" for nothing."""
    name = " ".join(author.replace('"', " ").split())
    parts = [
        f"cat:{','.join(category)}" if category else "",
        f'author:"{name}"' if " " in name else f"author:{name}" if name else "",
        " ".join(keyword.split()),
        " ".join(search.split()),
    ]
    wanted = [part for part in parts if part]
    unwanted = [_without(word) for word in exclude] if wanted else []
    return " ".join([*wanted, *unwanted])


def _without(word: str) -> str:
    """A keyword as a search excludes it: a phrase in quotes, a field as it is."""
    bare = word.removeprefix("-")
    quoted = " " in bare and '"' not in bare and ":" not in bare
    return f'-"{bare}"' if quoted else f"-{bare}"


def when(text: str) -> tuple[time, str]:
    """``09:00 Europe/Berlin`` -> (09:00, "Europe/Berlin")."""
    words = text.replace(",", " ").split()
    problem = InputError(Problem(Code.NO_HOUR_WITH_ZONE, text=_shown(text)))
    for place in range(1, min(len(words), _MAX_HOUR_WORDS + 1)):
        try:
            hour = parse_hour(" ".join(words[:place]))
        except InputError:
            continue
        try:
            return hour, find_zone(" ".join(words[place:]))
        except InputError as error:
            problem = error
    raise problem


def digest_number(text: str) -> int:
    """``3`` or ``#3``."""
    number = _number(text)
    if number is None:
        raise InputError(Problem(Code.UNKNOWN_DIGEST, text=_shown(text)))
    return number


def follow_number(text: str) -> int:
    """As ``digest_number``."""
    number = _number(text)
    if number is None:
        raise InputError(Problem(Code.UNKNOWN_FOLLOW, number=_shown(text)))
    return number


def _number(text: str) -> int | None:
    number = text.strip().removeprefix("#")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def size(text: str) -> tuple[int, float | None]:
    """``8`` -> (8, None), the archive's own bar; ``8 above 40`` -> (8, 40.0)."""
    found = _SIZE.fullmatch(" ".join(text.casefold().split()))
    if found is None or not 1 <= int(found["top"]) <= MAX_TOP:
        raise InputError(Problem(Code.NO_SIZE, text=_shown(text), most=MAX_TOP))
    bar = None if found["bar"] is None else float(found["bar"])
    if bar is not None and bar > MAX_BAR:
        raise InputError(Problem(Code.BAR_TOO_HIGH, most=MAX_BAR))
    return int(found["top"]), bar


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
