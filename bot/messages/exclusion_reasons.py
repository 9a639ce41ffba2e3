"""Why a channel does not get a paper, and what became of the digest it was looked for in."""

from datetime import date, datetime

from bot.messages.common import counted, day, soon
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
