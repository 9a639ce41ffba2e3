"""Why a channel does not get a paper, and what became of the digest it was looked for in."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.messages.common import counted, day, either, listed, points, soon
from bot.models import Stage

STAGES = {
    Stage.NOT_HARVESTED: "Not harvested",
    Stage.CATEGORY: "Another category",
    Stage.CROSS_LIST: "A cross-list",
    Stage.KEYWORD: "Without the keywords",
    Stage.EXCLUSION: "Excluded",
    Stage.BAR: "Below the bar",
    Stage.BEYOND_TOP: "Beyond the top",
    Stage.ALREADY_POSTED: "Already posted",
}

# --- one for each stage -------------------------------------------------------------------------

ONLY_REPLACED = "It was only replaced by a new version that day, and that is never news."
CROSSED_THAT_DAY = "It was cross-listed that day, not new; this channel takes no cross-lists."
HAD_BEFORE = "This channel has had it before."


def not_harvested(arxiv_id: str) -> str:
    return f"{arxiv_id} is not among the papers that were harvested."


def other_categories(own: Sequence[str], asked: Sequence[str]) -> str:
    its = listed(own) or "in no category"
    return f"It is {its}; this channel asked for {either(asked)}."


def crossed(primary: str, to: Sequence[str]) -> str:
    return (
        f"It is {primary} and only cross-listed to {listed(to)}; this channel takes no cross-lists."
    )


def without_keywords(keywords: Sequence[str]) -> str:
    words = either([_quoted(keyword) for keyword in keywords])
    return f"Its title, abstract and authors do not say {words}, which this channel asked for."


def excluded(keyword: str) -> str:
    return f"It says {_quoted(keyword)}, which this channel excludes."


def below(score: float, bar: float) -> str:
    return f"Its score is {points(score)}; this channel's bar is {points(bar)}."


def beyond_top(place: int, top: int) -> str:
    return f"It is number {place} of those above the bar; this channel takes {top}."


def taken(place: int, of: int) -> str:
    return f"It is number {place} of {of} in this channel."


def _quoted(keyword: str) -> str:
    return keyword if '"' in keyword else f'"{keyword}"'


# --- what became of the digest ------------------------------------------------------------------


def why_in(rule_id: int, channel_id: int, day_: date | None) -> str:
    about = f", listing of {day(day_)}" if day_ else ""
    return f"Digest {rule_id} in <#{channel_id}>{about}"


def more_digests(count: int) -> str:
    return f"and {counted(count, 'more digest')} in this channel"


def was_posted(at: datetime, rank: int) -> str:
    return f"It was posted {soon(at)} as number {rank}."


def comes_with(at: datetime) -> str:
    return f"It comes with the digest of {soon(at)}, unless the counts change."


def ended_without(at: datetime, reason: str) -> str:
    return f"The digest of {soon(at)} had its day and posted nothing: {reason}."


def passed_without(at: datetime) -> str:
    return (
        f"The digest of {soon(at)} was made without it: since then the counts or this digest's "
        "settings have changed."
    )


DIGEST_PAUSED = "This digest is paused, so nothing comes until it is resumed."
BEFORE_THE_RULE = "That listing came before this digest was set up, so it was never due here."
STILL_OPEN = "Its day is still being counted, so this may change."
