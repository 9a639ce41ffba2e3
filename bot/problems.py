"""What went wrong, or why nothing came, as a value: a code and its arguments.

A problem is what an error carries (``bot.errors``), and what the archive stores as the reason of an
outcome, a suspended digest or a delivery. It is compared by its code, never by its words; those are
made by ``bot.messages.render``, at the edge, where the reader and the language are known.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Argument: TypeAlias = "str | int | float | bool | Problem | tuple[Argument, ...] | None"


class Code(StrEnum):
    """Every kind of problem. The values are stored and part of JSON documents: never changed."""

    # A reason that an earlier version stored as a sentence: ``text``.
    LEGACY = "legacy"

    # --- HTTP: what kept a service from answering -----------------------------------------------

    # --- arXiv: what is the matter with a listing -----------------------------------------------

    # --- networks: what is the matter with posts ------------------------------------------------

    # --- archive --------------------------------------------------------------------------------

    # --- input: what cannot be read of what somebody typed --------------------------------------
    NO_DATE = "no_date"
    NO_SUCH_DAY_OF_MONTH = "no_such_day_of_month"
    SEVERAL_DATES = "several_dates"
    OTHER_WEEKDAY = "other_weekday"
    NO_HOUR = "no_hour"
    NO_ZONE = "no_zone"
    NO_HOUR_WITH_ZONE = "no_hour_with_zone"
    SEVERAL_PAPERS = "several_papers"
    NO_PAPER = "no_paper"
    NOT_CANONICAL_ID = "not_canonical_id"
    UNKNOWN_CATEGORY = "unknown_category"
    EXCLUDED_CATEGORY = "excluded_category"
    NOTHING_LEFT = "nothing_left"
    TOO_MANY_KEYWORDS = "too_many_keywords"
    KEYWORD_TOO_LONG = "keyword_too_long"
    KEYWORD_WITHOUT_LETTERS = "keyword_without_letters"
    KEYWORD_WITH_DAYS = "keyword_with_days"
    UNREADABLE_KEYWORD = "unreadable_keyword"
    UNKNOWN_DIGEST = "unknown_digest"
    UNKNOWN_FOLLOW = "unknown_follow"
    NO_SIZE = "no_size"
    BAR_TOO_HIGH = "bar_too_high"

    # --- searches -------------------------------------------------------------------------------
    EMPTY_QUERY = "empty_query"
    QUERY_TOO_LONG = "query_too_long"
    QUERY_WITHOUT_WORD = "query_without_word"
    QUERY_ONLY_EXCLUDES = "query_only_excludes"
    TOO_MANY_TERMS = "too_many_terms"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_WITHOUT_VALUE = "field_without_value"
    FIELD_WITHOUT_WORD = "field_without_word"
    FIELD_WITHOUT_CATEGORY = "field_without_category"
    UNCLOSED_QUOTE = "unclosed_quote"
    FOREIGN_LINK = "foreign_link"
    OR_IN_QUERY = "or_in_query"
    NOT_IN_QUERY = "not_in_query"
    EXCLUDED_DAYS = "excluded_days"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    NO_DAY_BETWEEN = "no_day_between"

    # --- delivery: what became of a message or slot ---------------------------------------------

    # --- selection: why a channel does not get a paper ------------------------------------------

    # --- start-up -------------------------------------------------------------------------------


class Problem:
    """A code with named arguments: ``Problem(Code.HOST_ANSWERED, host="x.org", status=404)``.

    Arguments become what JSON can hold: a date or time its ISO 8601 text, a path or exception its
    text, a sequence a tuple. A problem may be an argument of another. Immutable and hashable; equal
    when code and arguments are.
    """

    __slots__ = ("_arguments", "code")

    def __init__(self, code: Code, **arguments: object) -> None:
        self.code = code
        self._arguments = tuple((name, _plain(arguments[name])) for name in sorted(arguments))

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self._arguments)

    def to_json(self) -> str:
        """The arguments as a JSON object, for a column beside that of the code."""
        return json.dumps(_wire(self)["arguments"], ensure_ascii=False)

    @classmethod
    def from_json(cls, code: str, arguments: str) -> "Problem":
        """Of a stored code and its ``to_json``. A code that this version does not know is kept as
        the text of a ``LEGACY`` one. Raises ValueError for arguments that are no JSON object."""
        found = json.loads(arguments or "{}")
        if not isinstance(found, dict):
            raise ValueError("the arguments of a problem are a JSON object")
        return _problem(code, found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return (self.code, self._arguments) == (other.code, other._arguments)

    def __hash__(self) -> int:
        return hash((self.code, self._arguments))

    def __repr__(self) -> str:
        return f"Problem({', '.join([self.code, *(f'{k}={v!r}' for k, v in self._arguments)])})"

    def __str__(self) -> str:
        """For logs and tracebacks: ``host_answered host=x.org status=404``. No words for people."""
        return " ".join([self.code, *(f"{name}={value}" for name, value in self._arguments)])


def _plain(value: object) -> Argument:
    match value:
        case Enum():
            return _plain(value.value)
        case str() | bool() | int() | float() | None | Problem():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return tuple(map(_plain, value))
        case Path() | BaseException():
            return str(value)
    raise TypeError(f"{type(value).__name__} cannot be an argument of a problem")


def _wire(value: Argument) -> Any:  # noqa: ANN401
    if isinstance(value, Problem):
        return {"code": value.code, "arguments": {k: _wire(v) for k, v in value._arguments}}
    return [_wire(each) for each in value] if isinstance(value, tuple) else value


def _unwire(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, dict):
        return _problem(str(value.get("code")), value.get("arguments") or {})
    return tuple(map(_unwire, value)) if isinstance(value, list) else value


def _problem(code: str, arguments: Mapping[str, Any]) -> Problem:
    try:
        known = Code(code)
    except ValueError:
        return Problem(Code.LEGACY, text=f"{code} {json.dumps(arguments, ensure_ascii=False)}")
    return Problem(known, **{name: _unwire(value) for name, value in arguments.items()})
