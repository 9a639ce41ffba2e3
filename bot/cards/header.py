"""The head of a ranking: which listing, how many of how many, when counted, who answered."""

from collections.abc import Sequence

from bot import messages
from bot.cards.build import one_line, paragraph
from bot.messages.common import counted, listed, moment, number, papers, points
from bot.messages.problems import words_or_nothing
from bot.models import DayState, Network, Outcome, Ranking, Status, Unharvested
from bot.text import length

# What a head never exceeds, in UTF-16 units. Reasons go first when it would, then the sources.
MAX_HEAD = 640
_MAX_REASON = 80
# Reasons why something of arXiv is missing, at most.
_MAX_GROUPS = 2


def header(ranking: Ranking, *, note: str = "") -> str:
    """At most MAX_HEAD units; ``note`` is one more remark in small print, itself safe to show."""
    span = messages.common.span(ranking.start, ranking.end, ranking.period)
    top = paragraph(f"## Hot papers · {span}", _above(ranking))
    remarks = messages.common.sentence([*_counted(ranking), note])
    # Where no paper is to be seen a whole sentence takes its place.
    unharvested = ranking.unharvested if ranking.papers else None
    for reason in (_MAX_REASON, 0):
        sources = messages.common.sentence(_sources(ranking.outcomes, reason))
        missing = missing_line(ranking.missing, reason, unharvested)
        text = paragraph(top, missing, f"-# {remarks}", f"-# {sources}" if sources else None)
        if length(text) <= MAX_HEAD:
            return text
    return paragraph(top, missing, f"-# {remarks}")


def missing_line(
    outcomes: Sequence[Outcome], reason: int = _MAX_REASON, unharvested: Unharvested | None = None
) -> str | None:
    """What of arXiv's listing is not there, and why (in at most ``reason`` units for each why)."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for outcome in outcomes:
        why = one_line(words_or_nothing(outcome.reason), reason)
        key = outcome.status is Status.INCOMPLETE, why
        groups.setdefault(key, []).append(one_line(outcome.source, 24))
    several = [
        messages.cards.missing(names, why, partly) for (partly, why), names in groups.items()
    ]
    if unharvested:
        names = [one_line(pattern, 24) for pattern in unharvested.asked]
        several.insert(0, f"{listed(names)} not harvested here")
    if not several:
        return None
    rest = len(several) - _MAX_GROUPS
    more = [counted(rest, "more reason")] if rest > 0 else []
    return f"arXiv: {'; '.join([*several[:_MAX_GROUPS], *more])}"


def _above(ranking: Ranking) -> str | None:
    categories = messages.common.either([one_line(pattern, 24) for pattern in ranking.categories])
    if not ranking.listed:
        if ranking.missing:
            return "Nothing of this listing is in the archive yet."
        if ranking.unharvested:
            return None
        so_far = " so far" if ranking.state is DayState.OPEN else ""
        return f"No paper{f' of {categories}' if categories else ''} is listed{so_far}."
    if ranking.counted_at is None:
        are = "is" if ranking.listed == 1 else "are"
        where = f" of {categories}" if categories else ""
        return f"**{papers(ranking.listed)}**{where} {are} listed, and none is counted yet."
    where = f" · {categories}" if categories else ""
    if ranking.bar == 0 and ranking.above_bar == ranking.listed:
        return f"All **{papers(ranking.listed)}**, by score{where}"
    return (
        f"**{number(ranking.above_bar)}** of {papers(ranking.listed)} above the bar of "
        f"{points(ranking.bar)}{where}"
    )


def _counted(ranking: Ranking) -> list[str]:
    if ranking.counted_at is None:
        state = "not counted yet"
    elif ranking.late:
        state = f"counted late, {moment(ranking.counted_at)}"
    elif ranking.state is DayState.OPEN:
        state = f"counted so far, {moment(ranking.counted_at)}"
    else:
        state = f"counted {moment(ranking.counted_at)}"
    return [
        "by arXiv's listing date",
        messages.networks.listing_days(ranking.held),
        state,
        messages.cards.era(ranking.era) or "",
        *(
            f"without {counted(days, 'day')} {messages.cards.era(era) or 'counted by me'}"
            for era, days in ranking.left_out
        ),
    ]


def _sources(outcomes: Sequence[Outcome], reason: int) -> list[str]:
    """Who answered, who did not and why (in at most ``reason`` units), who was not asked."""
    answered = [_name(o) for o in outcomes if o.status in (Status.OK, Status.EMPTY)]
    off = [_name(o) for o in outcomes if o.status is Status.OFF]
    parts = [f"{listed(answered, most=9)} answered"] if answered else []
    for outcome in outcomes:
        name, why = _name(outcome), one_line(words_or_nothing(outcome.reason), reason)
        if outcome.status is Status.INCOMPLETE:
            parts.append(f"{name} answered in part ({why})" if why else f"{name} answered in part")
        elif outcome.status is Status.FAILED:
            parts.append(messages.cards.failed(name, why))
    return [*parts, f"{listed(off, most=9)} off"] if off else parts


def _name(outcome: Outcome) -> str:
    try:
        return messages.networks.NAMES[Network(outcome.source)]
    except ValueError:
        return one_line(outcome.source, 24)
