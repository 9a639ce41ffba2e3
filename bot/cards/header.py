"""The head of a ranking: which listing, how many of how many, when counted, who answered."""

from collections.abc import Sequence

from bot import messages
from bot.cards.build import one_line, paragraph
from bot.messages.common import listed, papers
from bot.messages.problems import words_or_nothing
from bot.models import DayState, Network, Outcome, Ranking, Status, Unharvested
from bot.text import length

# What a head never exceeds, in UTF-16 units. Reasons go first when it would, then the sources.
MOST = 640
_REASON = 80
# Reasons why something of arXiv is missing, at most.
_GROUPS = 2


def header(ranking: Ranking, *, note: str = "") -> str:
    """At most MOST units; ``note`` is one more remark in small print, itself safe to show."""
    span = messages.common.span(ranking.start, ranking.end, ranking.period)
    top = paragraph(f"## Hot papers · {span}", _above(ranking))
    counted = messages.common.sentence([*_counted(ranking), note])
    # Where no paper is to be seen a whole sentence takes its place.
    unharvested = ranking.unharvested if ranking.papers else None
    for reason in (_REASON, 0):
        sources = messages.common.sentence(_sources(ranking.outcomes, reason))
        missing = missing_line(ranking.missing, reason, unharvested)
        text = paragraph(top, missing, f"-# {counted}", f"-# {sources}" if sources else None)
        if length(text) <= MOST:
            return text
    return paragraph(top, missing, f"-# {counted}")


def missing_line(
    found: Sequence[Outcome], reason: int = _REASON, unharvested: Unharvested | None = None
) -> str | None:
    """What of arXiv's listing is not there, and why (in at most ``reason`` units for each why)."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for outcome in found:
        said = one_line(words_or_nothing(outcome.reason), reason)
        key = outcome.status is Status.INCOMPLETE, said
        groups.setdefault(key, []).append(one_line(outcome.source, 24))
    several = [
        messages.cards.missing(names, why, partly) for (partly, why), names in groups.items()
    ]
    if unharvested:
        names = [one_line(each, 24) for each in unharvested.asked]
        several.insert(0, f"{listed(names)} not harvested here")
    return messages.cards.of_arxiv(several[:_GROUPS], len(several) - _GROUPS) if several else None


def _above(ranking: Ranking) -> str | None:
    categories = messages.common.either([one_line(each, 24) for each in ranking.categories])
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
    return messages.cards.above_bar(ranking.above_bar, ranking.listed, ranking.bar, categories)


def _counted(ranking: Ranking) -> list[str]:
    still_open = ranking.state is DayState.OPEN
    if ranking.counted_at is None:
        counted = "not counted yet"
    else:
        counted = messages.cards.counted_at(
            ranking.counted_at, still_open=still_open, late=ranking.late
        )
    held = messages.networks.listing_days(ranking.held)
    others = [messages.cards.left_out(era, days) for era, days in ranking.left_out]
    return [
        "by arXiv's listing date",
        held,
        counted,
        messages.cards.era(ranking.era) or "",
        *others,
    ]


def _sources(outcomes: Sequence[Outcome], reason: int) -> list[str]:
    """Who answered, who did not and why (in at most ``reason`` units), who was not asked."""
    answered = [_name(o) for o in outcomes if o.status in (Status.OK, Status.EMPTY)]
    off = [_name(o) for o in outcomes if o.status is Status.OFF]
    parts = [f"{listed(answered, most=9)} answered"] if answered else []
    for outcome in outcomes:
        said = one_line(words_or_nothing(outcome.reason), reason)
        if outcome.status is Status.INCOMPLETE:
            parts.append(messages.cards.incomplete(_name(outcome), said))
        elif outcome.status is Status.FAILED:
            parts.append(messages.cards.failed(_name(outcome), said))
    return [*parts, f"{listed(off, most=9)} off"] if off else parts


def _name(outcome: Outcome) -> str:
    try:
        return messages.networks.NAMES[Network(outcome.source)]
    except ValueError:
        return one_line(outcome.source, 24)
