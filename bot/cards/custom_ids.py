"""What a button's custom id says: ``hp1:kind:fields``. All state is in it, nothing in memory.

So a button works after a restart, and on a message of last year. ``hp1`` is the version: when the
meaning of a field changes it becomes ``hp2``, and what an old button says is declined politely
(``decode`` gives None). Fields are separated by colons, none of them holds one but the last.

A custom id has at most 100 characters (Discord's component reference). Two kinds can ask for more,
as a search is free text and a ranking may name any number of categories: those have no id, and
their views leave the button out. Categories of one archive are folded (``cs.CL+IR+LG``), so that
about twenty of them fit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from bot.models import Era, Period, RankingQuery

VERSION = "hp1"
LONGEST = 100
MAX_TOP = 100
"""Papers that ``/hot`` can be asked for."""


@dataclass(frozen=True, slots=True)
class Abstract:
    """Show the abstract, to who pressed it."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class Why:
    """Show how the score came about, to who pressed it."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class SharePaper:
    """Post the paper's card in the channel."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class ShareWhy:
    """Post the score's parts in the channel."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class HotPage:
    """Show a page (from 1) of a ranking; also of a neighbouring day.

    In a private message in its place, from a public one as a new private answer.
    """

    query: RankingQuery
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShareHot:
    """Post this page of a ranking in the channel."""

    query: RankingQuery
    page: int = 1


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Show a page (from 1) of what a search finds. ``query`` is as it was typed."""

    query: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShareSearch:
    """Post this page of what a search finds in the channel."""

    query: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class EditionRef:
    """One digest as it was posted: its rule, and the slot's time (UTC, whole seconds)."""

    rule_id: int
    slot_at: datetime


@dataclass(frozen=True, slots=True)
class AsPosted:
    """Show a digest as it was posted, to who pressed it."""

    edition: EditionRef


class RuleVerb(StrEnum):
    """What an admin can do with a rule.

    ``RETYPE`` opens the form of ``EDIT`` again as it was sent; ``RESTORE`` takes a ``DELETE`` back.
    """

    EDIT = "edit"
    RETYPE = "retype"
    PAUSE = "pause"
    RESUME = "resume"
    TEST = "test"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class RuleAction:
    """Do something with a rule. Whoever presses it must be allowed to: check again."""

    rule_id: int
    verb: RuleVerb


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Show a page (from 1) of the server's rules."""

    page: int = 1


class FollowVerb(StrEnum):
    """What a member can do with something followed. ``RESTORE`` takes a ``STOP`` back."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class FollowAction:
    """Do something with what a member follows. Only that member may."""

    follow_id: int
    verb: FollowVerb


@dataclass(frozen=True, slots=True)
class FollowsPage:
    """Show a page (from 1) of what the member follows."""

    page: int = 1


Action = (
    Abstract
    | Why
    | SharePaper
    | ShareWhy
    | HotPage
    | ShareHot
    | SearchPage
    | ShareSearch
    | AsPosted
    | RuleAction
    | RulesPage
    | FollowAction
    | FollowsPage
)

KINDS: Mapping[type[Action], str] = {
    Abstract: "abs",
    Why: "why",
    SharePaper: "share-paper",
    ShareWhy: "share-why",
    HotPage: "hot",
    ShareHot: "share-hot",
    SearchPage: "find",
    ShareSearch: "share-find",
    AsPosted: "posted",
    RuleAction: "rule",
    RulesPage: "rules",
    FollowAction: "follow",
    FollowsPage: "follows",
}

_FORM = f"{VERSION}:edit:"
_OURS = re.compile(r"hp[0-9]+:")


def is_ours(custom_id: str) -> bool:
    """Whether a button or form is one of this bot's, of whatever version."""
    return _OURS.match(custom_id) is not None


def encode(action: Action) -> str | None:
    """The custom id of ``action``; None when it says more than a custom id can hold."""
    custom_id = f"{VERSION}:{KINDS[type(action)]}:{_fields(action)}"
    return custom_id if _units(custom_id) <= LONGEST else None


def decode(custom_id: str) -> Action | None:
    """What a button says; None for an unknown version or kind, and for anything unreadable."""
    version, _, rest = custom_id.partition(":")
    kind, _, fields = rest.partition(":")
    if version != VERSION:
        return None
    try:
        return _action(kind, fields)
    except (ValueError, OverflowError):  # a number, date, period or verb that does not exist
        return None


def encode_form(rule_id: int) -> str:
    """The custom id of the form that changes a rule."""
    return f"{_FORM}{rule_id}"


def decode_form(custom_id: str) -> int | None:
    """The rule that a form changes; None for any other form, and for anything unreadable."""
    try:
        return _number(custom_id.removeprefix(_FORM)) if custom_id.startswith(_FORM) else None
    except ValueError:
        return None


def _units(text: str) -> int:
    """Characters as UTF-16 counts them: an emoji is two. The stricter of the ways to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fields(action: Action) -> str:
    match action:
        case Abstract(text) | Why(text) | SharePaper(text) | ShareWhy(text):
            return text
        case HotPage(query, page) | ShareHot(query, page):
            return f"{page}:{_hot(query)}"
        case SearchPage(words, page) | ShareSearch(words, page):
            return f"{page}:{words}"
        case AsPosted(edition):
            return f"{edition.rule_id}:{int(edition.slot_at.timestamp())}"
        case RuleAction(rule_id, verb):
            return f"{rule_id}:{verb}"
        case FollowAction(follow_id, done):
            return f"{follow_id}:{done}"
        case RulesPage(page) | FollowsPage(page):
            return str(page)


def _action(kind: str, fields: str) -> Action | None:
    first, _, rest = fields.partition(":")
    match kind:
        case "abs":
            return Abstract(_paper(fields))
        case "why":
            return Why(_paper(fields))
        case "share-paper":
            return SharePaper(_paper(fields))
        case "share-why":
            return ShareWhy(_paper(fields))
        case "hot":
            return HotPage(_hot_query(rest), _number(first))
        case "share-hot":
            return ShareHot(_hot_query(rest), _number(first))
        case "find":
            return SearchPage(rest, _number(first))
        case "share-find":
            return ShareSearch(rest, _number(first))
        case "posted":
            return AsPosted(EditionRef(_number(first), _instant(rest)))
        case "rule":
            return RuleAction(_number(first), RuleVerb(rest))
        case "rules":
            return RulesPage(_number(fields))
        case "follow":
            return FollowAction(_number(first), FollowVerb(rest))
        case "follows":
            return FollowsPage(_number(fields))
    return None


# --- fields -------------------------------------------------------------------------------------

_PERIODS = {
    Period.DAY: "d",
    Period.WEEK: "w",
    Period.MONTH: "m",
    Period.YEAR: "y",
    Period.ALL: "a",
}
_BY_LETTER = {letter: period for period, letter in _PERIODS.items()}
_ERAS = {Era.HOTPAPERS: "h", Era.BLOG_ORIGINAL_POSTS: "o", Era.BLOG_REPOSTS_ADDED: "r"}
_ERA_BY_LETTER: Mapping[str, Era | None] = {"": None, **{v: era for era, v in _ERAS.items()}}
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.(?:[A-Za-z-]+|\*))?")
_MOST = 2**63 - 1  # SQLite's INTEGER
_LAST_SECOND = 253_402_300_799  # of the year 9999
_PAPER = re.compile(r"[0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7}")


def _paper(text: str) -> str:
    if not _PAPER.fullmatch(text):
        raise ValueError(f"not a canonical arXiv id: {text!r}")
    return text


def _number(text: str, *, least: int = 0, most: int = _MOST) -> int:
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ValueError(f"not a number from {least} to {most}: {text!r}")
    return int(text)


def _instant(text: str) -> datetime:
    return datetime.fromtimestamp(_number(text, most=_LAST_SECOND), UTC)


def _hot(query: RankingQuery) -> str:
    day = query.day.isoformat().replace("-", "")
    top = "" if query.top is None else str(query.top)
    period = _PERIODS[query.period] + (_ERAS[query.era] if query.era else "")
    return f"{day}:{period}:{top}:{_folded(query.categories)}"


def _hot_query(fields: str) -> RankingQuery:
    day, period, top, categories = fields.split(":")
    if period[:1] not in _BY_LETTER or period[1:] not in _ERA_BY_LETTER:
        raise ValueError(f"not a period: {period!r}")
    if len(day) != 8:
        raise ValueError(f"not a date: {day!r}")
    return RankingQuery(
        day=date.fromisoformat(day),
        period=_BY_LETTER[period[0]],
        categories=_unfolded(categories),
        top=_number(top, least=1, most=MAX_TOP) if top else None,
        era=_ERA_BY_LETTER[period[1:]],
    )


def _folded(categories: Sequence[str]) -> str:
    """``cs.CL,cs.IR,quant-ph`` as ``cs.CL+IR,quant-ph``; the order stays."""
    groups: list[str] = []
    before = None
    for category in categories:
        archive, dot, subject = category.partition(".")
        if dot and archive == before:
            groups[-1] += f"+{subject}"
        else:
            groups.append(category)
        before = archive if dot else None
    return ",".join(groups)


def _unfolded(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for group in filter(None, text.split(",")):
        first, *others = group.split("+")
        archive = first.partition(".")[0]
        found += [first, *(f"{archive}.{subject}" for subject in others)]
    if not all(map(_CATEGORY.fullmatch, found)):
        raise ValueError(f"not categories: {text!r}")
    return tuple(found)


def on(query: RankingQuery, day: date) -> RankingQuery:
    """The same question about another day."""
    return replace(query, day=day)
