"""What a person types -> a Query, or where it cannot be read."""

import difflib
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NoReturn

from bot import parsing
from bot.arxiv import ids, taxonomy
from bot.errors import InputError, QueryError, UnknownCategory, UnreadableDate
from bot.models import Period
from bot.problems import Code, Problem
from bot.search.normalize import fold, fold_symbols
from bot.search.values import Place, Query, Term
from bot.text import plain

MAX_LENGTH = 500  # characters; more is a pasted text
MAX_TERMS = 60  # no title has so many

_FIELDS = {
    "author": "author", "au": "author", "by": "author",
    "title": "title", "ti": "title",
    "cat": "cat", "category": "cat",
    "before": "before", "after": "after", "on": "on",
}  # fmt: skip
_FIELD = re.compile(r"([A-Za-z]+):(?!//)")
# Fields of other search boxes that somebody may try here.
_FOREIGN = ("abs", "abstract", "all", "co", "comment", "date", "from", "id", "in", "jr", "since",
            "subject", "to", "until", "year")  # fmt: skip
_OF_ADDRESSES = ("arxiv", "doi", "http", "https", "mailto", "urn", "www")
_OPERATORS = ("AND", "OR", "NOT")
_FEWEST_OF_A_TITLE = 5  # words for each that is an operator elsewhere
_SHORTEST_FIELD = 3  # "by" and "au" are fields, but so short a word may be anything
_QUOTED_BACK = 40
_OPENING, _CLOSING = '"“”„«', '"“”»'
_QUOTED = re.compile(f"[{_OPENING}]([^{_CLOSING}]*)[{_CLOSING}]")
_BARE = re.compile(rf"(?:\\.|[^\s\\{_OPENING}»])+|\\")  # \" is an accent of TeX, not a quote
_PREFIX = re.compile(r"\w{4,}\*")
_LINK = re.compile(r"https?://|www\.|doi\.org/|arxiv\.org/", re.IGNORECASE)
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})")


def parse(text: str, today: date) -> Query:
    """Read a search. ``today`` is what "yesterday" and the like are counted from.

    Raises QueryError.
    """
    if not text.strip():
        raise QueryError(Problem(Code.EMPTY_QUERY), text, 0)
    if len(text) > MAX_LENGTH:
        problem = Problem(Code.QUERY_TOO_LONG, most=MAX_LENGTH, length=len(text))
        raise QueryError(problem, text, MAX_LENGTH)
    parts = _Parts(text, today)
    for token in _tokens(text):
        parts.add(token)
    return parts.query()


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the query. ``at`` is where it begins, ``value_at`` where its value does."""

    at: int
    excluded: bool
    field: str
    value: str
    quoted: bool
    value_at: int


def _tokens(text: str) -> Iterator[_Token]:
    at = _skip_spaces(text, 0)
    while at < len(text):
        start = at
        excluded = text[at] in "-−–" and at + 1 < len(text) and not text[at + 1].isspace()
        at += excluded
        name, at = _field(text, at)
        value, quoted, end = _value(text, at, name)
        yield _Token(start, excluded, name, value, quoted, at)
        at = _skip_spaces(text, end)


def _skip_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _field(text: str, at: int) -> tuple[str, int]:
    """The field that begins at ``at``, if one does, and where its value begins."""
    found = _FIELD.match(text, at)
    if found is None:
        return "", at
    typed = found[1].casefold()
    if typed in _FIELDS and (_is_followed(text, found.end()) or found.end() == len(text.rstrip())):
        return _FIELDS[typed], min(found.end(), len(text.rstrip()))
    near = difflib.get_close_matches(typed, _FIELDS, 1, cutoff=0.75)
    piece = text[at:].split()[0]
    if _is_followed(text, found.end()) and (near or _seems_a_field(found[1])) and not _is_id(piece):
        shown = piece if len(piece) <= _QUOTED_BACK else f"{piece[:_QUOTED_BACK]}…"
        problem = Problem(Code.UNKNOWN_FIELD, field=found[0], near=near, piece=shown)
        raise QueryError(problem, text, at)
    return "", at


def _is_followed(text: str, at: int) -> bool:
    """Whether a value stands right behind the colon: not "BERT: Pre-training" or "std::vector"."""
    return at < len(text) and not text[at].isspace() and text[at] != ":"


def _seems_a_field(typed: str) -> bool:
    """A word in small letters as fields are, but no ratio (x:y) and nothing of an address."""
    if typed.casefold() in _FOREIGN:
        return True
    return typed.islower() and len(typed) >= _SHORTEST_FIELD and typed not in _OF_ADDRESSES


def _value(text: str, at: int, name: str) -> tuple[str, bool, int]:
    """The value at ``at``, whether it was quoted, and where it ends."""
    if at >= len(text.rstrip()):
        raise QueryError(Problem(Code.FIELD_WITHOUT_VALUE, field=name), text, len(text))
    if text[at] in _OPENING:
        quoted = _QUOTED.match(text, at)
        if quoted is None:
            raise QueryError(Problem(Code.UNCLOSED_QUOTE), text, at)
        return quoted[1], True, quoted.end()
    bare = _BARE.match(text, at)
    if bare is None:  # a closing mark alone
        return "", False, at + 1
    value, end = bare[0], bare.end()
    while (
        name == "cat"
        and value.endswith(",")
        and (more := _BARE.match(text, _skip_spaces(text, end)))
    ):
        value, end = text[at : more.end()], more.end()
    return value, False, end


@dataclass(slots=True)
class _Parts:
    """A query as it grows."""

    text: str
    today: date
    terms: list[Term] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)
    categories: list[tuple[str, ...]] = field(default_factory=list)
    without_categories: list[str] = field(default_factory=list)
    first: date | None = None
    last: date | None = None
    arxiv_ids: list[str] = field(default_factory=list)

    def add(self, token: _Token) -> None:
        match token.field:
            case "cat":
                self._add_categories(token, self._patterns(token))
            case "before" | "after" | "on":
                self._add_days(token)
            case "author":
                self._add_term(token, Place.AUTHOR)
            case "title":
                self._add_term(token, Place.TITLE)
            case _:
                self._add_bare(token)

    def query(self) -> Query:
        if self.arxiv_ids:
            return Query(text=self.text, arxiv_ids=tuple(dict.fromkeys(self.arxiv_ids)))
        self._check()
        return Query(
            text=self.text,
            terms=tuple(dict.fromkeys(self.terms)),
            without=tuple(dict.fromkeys(self.without)),
            categories=tuple(dict.fromkeys(self.categories)),
            without_categories=tuple(dict.fromkeys(self.without_categories)),
            first=self.first,
            last=self.last,
        )

    def _check(self) -> None:
        if not (self.terms or self.categories or self.first or self.last):
            if self.without or self.without_categories:
                self._fail(Problem(Code.QUERY_ONLY_EXCLUDES), 0)
            self._fail(Problem(Code.QUERY_WITHOUT_WORD), 0)
        if self.first and self.last and self.first > self.last:
            self._fail(Problem(Code.NO_DAY_BETWEEN, first=self.first, last=self.last), 0)
        if len(self.terms) + len(self.without) > MAX_TERMS:
            self._fail(Problem(Code.TOO_MANY_TERMS, most=MAX_TERMS), 0)

    def _fail(self, problem: Problem, at: int) -> NoReturn:
        raise QueryError(problem, self.text, at)

    def _add_bare(self, token: _Token) -> None:
        if not token.excluded and (found := _ids(token.value)):
            self.arxiv_ids += found
        elif not token.quoted and _LINK.match(token.value):
            self._fail(Problem(Code.FOREIGN_LINK), token.at)
        elif not token.quoted and (pattern := _bare_category(token.value)):
            self._add_categories(token, (pattern,))
        elif not token.quoted and token.value in _OPERATORS and not self._may_be_a_title():
            self._add_operator(token)
        else:
            self._add_term(token, Place.ANY)

    def _may_be_a_title(self) -> bool:
        """Whether a capital word such as NOT is only one of a title's many words."""
        words = self.text.split()
        operators = sum(word in _OPERATORS for word in words)
        return self.text.isupper() or len(words) >= _FEWEST_OF_A_TITLE * operators

    def _add_operator(self, token: _Token) -> None:
        if token.value == "OR":
            self._fail(Problem(Code.OR_IN_QUERY), token.at)
        if token.value == "NOT":
            self._fail(Problem(Code.NOT_IN_QUERY), token.at)

    def _add_term(self, token: _Token, place: Place) -> None:
        value = plain(token.value) if "\\" in token.value or "$" in token.value else token.value
        words = tuple(fold(value).split())
        if not words:
            if token.quoted or place is not Place.ANY:
                self._fail(Problem(Code.FIELD_WITHOUT_WORD, field=token.field), token.at)
            return
        prefix = not token.quoted and bool(_PREFIX.fullmatch(value.rpartition("-")[2]))
        typed = value.removesuffix("*") if prefix else value
        symbols = () if place is Place.AUTHOR else tuple(fold_symbols(typed).split())
        term = Term(words, typed, place, prefix, token.quoted, symbols if symbols != words else ())
        (self.without if token.excluded else self.terms).append(term)

    def _patterns(self, token: _Token) -> tuple[str, ...]:
        found, at = [], token.value_at + token.quoted
        for part in token.value.split(","):
            if part.strip():
                try:
                    found.append(taxonomy.resolve_pattern(part.strip()))
                except UnknownCategory as error:
                    self._fail(error.problem, at + len(part) - len(part.lstrip()))
            at += len(part) + 1
        if not found:
            self._fail(Problem(Code.FIELD_WITHOUT_CATEGORY), token.at)
        return tuple(dict.fromkeys(found))

    def _add_categories(self, token: _Token, patterns: tuple[str, ...]) -> None:
        if token.excluded:
            self.without_categories += patterns
        else:
            self.categories.append(patterns)

    def _add_days(self, token: _Token) -> None:
        if token.excluded:
            self._fail(Problem(Code.EXCLUDED_DAYS, field=token.field), token.at)
        start, end = self._days(token)
        try:
            first = {"after": end + timedelta(1), "on": start}.get(token.field)
            last = {"before": start - timedelta(1), "on": end}.get(token.field)
        except OverflowError:
            self._fail(Problem(Code.DAY_OUT_OF_RANGE), token.value_at)
        self.first = max(filter(None, (self.first, first)), default=None)
        self.last = min(filter(None, (self.last, last)), default=None)

    def _days(self, token: _Token) -> tuple[date, date]:
        """First and last day of what is typed: a day, a month or a year."""
        text = token.value.strip()
        try:
            if _YEAR.fullmatch(text):
                return date(int(text), 1, 1), date(int(text), 12, 31)
            if found := _MONTH.fullmatch(text):
                year, month = int(found[1]), int(found[2])
                return date(year, month, 1), date(year, month, monthrange(year, month)[1])
            typed = parsing.parse_span(text, self.today)
            day = typed.day or parsing.parse(text, self.today)  # there is no newest day here
            if typed.period is Period.WEEK:
                monday = day - timedelta(day.weekday())
                return monday, monday + timedelta(6)
            if typed.period is Period.MONTH:
                return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
            if typed.period is Period.YEAR:
                return date(day.year, 1, 1), date(day.year, 12, 31)
        except (UnreadableDate, ValueError) as error:  # ValueError: there is no such month
            unread = Problem(Code.NO_DATE, text=text)
            problem = error.problem if isinstance(error, UnreadableDate) else unread
            self._fail(problem, token.value_at + token.quoted)
        return day, day


def _is_id(text: str) -> bool:
    return bool(_ids(text))


def _ids(text: str) -> list[str]:
    """The papers that one piece of a query names, as a link or as an id alone."""
    if not any(c.isdigit() for c in text):
        return []
    if found := ids.find(text):
        return found
    try:
        return [ids.normalise(text)]
    except InputError:
        return []


def _bare_category(text: str) -> str | None:
    """The pattern, if ``text`` is a category's id as arXiv writes it, in any case."""
    stem = text.casefold().rstrip(",")
    known = taxonomy.lookup(stem)
    if known is not None and known.id.casefold() == stem and re.search("[.-]", stem):
        return taxonomy.resolve_pattern(stem)
    if stem.endswith(".*"):
        try:
            return taxonomy.resolve_pattern(stem)
        except UnknownCategory:
            return None
    return None
