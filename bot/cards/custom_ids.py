"""What a button or form says in its custom id: ``hp1:kind:fields``. Nothing of it is in memory.

So a button works after a restart, and on a message of last year. ``hp1`` is the version: when the
meaning of a field changes it becomes ``hp2``, and what an old button says is declined politely
(``decode`` gives None). Fields are separated by colons; only the last may hold some.

A custom id has at most 100 characters (Discord's component reference). Two kinds can ask for more,
as a search is free text and a ranking may name any number of categories: those have no id, and
their views leave the button out. Categories of one archive are folded (``cs.CL+IR+LG``), so that
about twenty of them fit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.cards.actions import (
    Abstract,
    Action,
    AsPosted,
    EditionRef,
    FollowAction,
    FollowsPage,
    FollowVerb,
    HotPage,
    PaperCard,
    Plain,
    RuleAction,
    RuleForm,
    RulesPage,
    RuleVerb,
    SearchPage,
    Share,
    Why,
)
from bot.models import Era, Period, RankingQuery

VERSION = "hp1"
MAX_LENGTH = 100
MAX_TOP = 100
"""Papers that ``/hot`` can be asked for."""


def is_ours(custom_id: str) -> bool:
    """Whether a button or form is one of this bot's, of whatever version."""
    return re.match(r"hp[0-9]+:", custom_id) is not None


def encode(action: Action) -> str | None:
    """The custom id of ``action``; None when it says more than a custom id can hold."""
    plain = action.action if isinstance(action, Share) else action
    kind, shape = next((kind, s) for kind, s in SHAPES.items() if s.action is type(plain))
    fields = [field.write(getattr(plain, name)) for name, field in shape.fields.items()]
    share = _SHARE if isinstance(action, Share) else ""
    custom_id = ":".join([VERSION, share + kind, *fields])
    # As UTF-16 counts, the stricter of the ways: an emoji is two.
    units = len(custom_id.encode("utf-16-le", "surrogatepass")) // 2
    return custom_id if units <= MAX_LENGTH else None


def decode(custom_id: str) -> Action | None:
    """What a button says; None for an unknown version or kind, and for anything unreadable."""
    version, _, rest = custom_id.partition(":")
    kind, _, text = rest.partition(":")
    shape = SHAPES.get(kind.removeprefix(_SHARE))
    if version != VERSION or shape is None:
        return None
    try:
        texts = text.split(":", len(shape.fields) - 1)
        fields = zip(shape.fields.items(), texts, strict=True)
        action = shape.action(**{name: field.read(text) for (name, field), text in fields})
    except (ValueError, OverflowError):  # a number, date, period or verb that does not exist
        return None
    if not kind.startswith(_SHARE):
        return action
    return Share(action) if isinstance(action, PaperCard | Why | HotPage | SearchPage) else None


# --- fields -------------------------------------------------------------------------------------

_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.(?:[A-Za-z-]+|\*))?")
_PAPER = re.compile(r"[0-9]{4}\.[0-9]{4,5}|[a-z-]+/[0-9]{7}")
_MAX_INTEGER = 2**63 - 1  # SQLite's
_LAST_SECOND = 253_402_300_799  # of the year 9999
_PERIODS = {Period.DAY: "d", Period.WEEK: "w", Period.MONTH: "m", Period.YEAR: "y", Period.ALL: "a"}
_ERAS = {
    None: "", Era.HOTPAPERS: "h", Era.BLOG_ORIGINAL_POSTS: "o", Era.BLOG_REPOSTS_ADDED: "r",
}  # fmt: skip
_SPAN = re.compile(r"(?P<span>[a-z]+)(?P<score>[0-9]{1,7}(?:\.[0-9]{1,6})?)?")
_SPANS = {p + e: (period, era) for period, p in _PERIODS.items() for era, e in _ERAS.items()}


def _number(text: str, *, smallest: int = 0, largest: int = _MAX_INTEGER) -> int:
    if not (text.isascii() and text.isdigit()) or not smallest <= int(text) <= largest:
        raise ValueError(f"not a number from {smallest} to {largest}: {text!r}")
    return int(text)


def _arxiv_id(text: str) -> str:
    if not _PAPER.fullmatch(text):
        raise ValueError(f"not a canonical arXiv id: {text!r}")
    return text


def _edition(text: str) -> EditionRef:
    rule_id, _, slot_at = text.partition(":")
    seconds = _number(slot_at, largest=_LAST_SECOND)
    return EditionRef(_number(rule_id), datetime.fromtimestamp(seconds, UTC))


def _ranking_text(query: RankingQuery) -> str:
    day = query.day.isoformat().replace("-", "")
    score = "" if query.min_score is None else f"{query.min_score:f}".rstrip("0").rstrip(".")
    span = _PERIODS[query.period] + _ERAS[query.era] + score
    return f"{day}:{span}:{query.top or ''}:{_folded(query.categories)}"


def _ranking(text: str) -> RankingQuery:
    day, span, top, categories = text.split(":")
    asked = _SPAN.fullmatch(span)
    if asked is None or asked["span"] not in _SPANS or len(day) != 8:
        raise ValueError(f"not a day and a period: {text!r}")
    period, era = _SPANS[asked["span"]]
    return RankingQuery(
        day=date.fromisoformat(day),
        period=period,
        categories=_unfolded(categories),
        top=_number(top, smallest=1, largest=MAX_TOP) if top else None,
        era=era,
        min_score=float(asked["score"]) if asked["score"] else None,
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
    categories: list[str] = []
    for group in filter(None, text.split(",")):
        first, *others = group.split("+")
        archive = first.partition(".")[0]
        categories += [first, *(f"{archive}.{subject}" for subject in others)]
    if not all(map(_CATEGORY.fullmatch, categories)):
        raise ValueError(f"not categories: {text!r}")
    return tuple(categories)


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field is read (ValueError for what cannot be) and written."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True)
class Shape:
    """An action and its fields, in the order in which they are written."""

    action: type[Plain]
    fields: Mapping[str, _Field]


_ID = _Field(_arxiv_id)
_INTEGER = _Field(_number)
_EDITION = _Field(_edition, lambda ref: f"{ref.rule_id}:{int(ref.slot_at.timestamp())}")

_SHARE = "share-"
SHAPES: Mapping[str, Shape] = {
    "abs": Shape(Abstract, {"arxiv_id": _ID}),
    "why": Shape(Why, {"arxiv_id": _ID}),
    "paper": Shape(PaperCard, {"arxiv_id": _ID}),
    "hot": Shape(HotPage, {"page": _INTEGER, "query": _Field(_ranking, _ranking_text)}),
    "find": Shape(SearchPage, {"page": _INTEGER, "query": _Field(str)}),
    "posted": Shape(AsPosted, {"edition": _EDITION}),
    "rule": Shape(RuleAction, {"rule_id": _INTEGER, "verb": _Field(RuleVerb)}),
    "edit": Shape(RuleForm, {"rule_id": _INTEGER}),
    "rules": Shape(RulesPage, {"page": _INTEGER}),
    "follow": Shape(FollowAction, {"follow_id": _INTEGER, "verb": _Field(FollowVerb)}),
    "follows": Shape(FollowsPage, {"page": _INTEGER}),
}
