"""A digest's keywords and exclusions: each is a search of its own. Pure."""

import re
from datetime import date
from functools import lru_cache

from bot.errors import InputError, QueryError
from bot.models import Paper
from bot.problems import Code, Problem
from bot.search.matching import matches
from bot.search.parsing import parse
from bot.search.values import Query

MAX_KEYWORDS = 20
MAX_LENGTH = 100

_KEYWORD = re.compile(r'(?:"[^"]*"?|[^,;\n"])+')
_ANY_DAY = date(2000, 1, 1)  # keywords have no days, so nothing is counted from it


def read_keywords(text: str) -> tuple[str, ...]:
    """Each once: ``diffusion, "speculative decoding", author:chen``. A phrase may hold a comma.

    A lone ``-`` means none. Raises InputError, also for one that cannot be read as a search.
    """
    if text.strip() == "-":
        return ()
    pieces = (" ".join(match[0].split()) for match in _KEYWORD.finditer(text))
    keywords = tuple(dict.fromkeys(filter(None, pieces)))
    if len(keywords) > MAX_KEYWORDS:
        raise InputError(Problem(Code.TOO_MANY_KEYWORDS, most=MAX_KEYWORDS))
    for keyword in keywords:
        if len(keyword) > MAX_LENGTH:
            raise InputError(Problem(Code.KEYWORD_TOO_LONG, most=MAX_LENGTH))
        if not any(letter.isalnum() for letter in keyword):
            raise InputError(Problem(Code.KEYWORD_WITHOUT_LETTERS, keyword=keyword))
        try:
            _read(keyword)
        except QueryError as error:
            raise InputError(
                Problem(Code.UNREADABLE_KEYWORD, keyword=keyword, why=error.problem)
            ) from error
    return keywords


def joined(keywords: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Both, each once. Raises InputError for too many."""
    both = tuple(dict.fromkeys((*keywords, *more)))
    if len(both) > MAX_KEYWORDS:
        raise InputError(Problem(Code.TOO_MANY_KEYWORDS, most=MAX_KEYWORDS))
    return both


def says_keyword(paper: Paper, keyword: str) -> bool:
    """Whether a paper answers a stored keyword."""
    query = _as_stored(keyword)
    return query is not None and matches(query, paper, day=None)


def _read(keyword: str) -> Query:
    query = parse(keyword, _ANY_DAY)
    if query.first or query.last:
        raise QueryError(Problem(Code.KEYWORD_WITH_DAYS), keyword, 0)
    return query


@lru_cache(maxsize=4096)
def _as_stored(keyword: str) -> Query | None:
    """As ``read_keywords`` reads it. What an earlier version took and this one cannot read any more
    is its words side by side; without a letter it is nothing."""
    for text in (keyword, f'"{keyword.replace(chr(34), " ")}"'):
        try:
            return _read(text)
        except QueryError:
            continue
    return None
