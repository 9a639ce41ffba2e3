"""The head of a ranking: which listing, how many of how many, when counted, who answered."""

from collections.abc import Sequence

from bot import words
from bot.cards.build import one_line, paragraph
from bot.models import DayState, Network, Outcome, Ranking, Status
from bot.phrases import cards as phrases
from bot.text import length
from bot.words import plainly

# What a head never exceeds, in UTF-16 units. Reasons go first when it would, then the sources.
MOST = 640
_REASON = 80
# Reasons why something of arXiv is missing, at most.
_GROUPS = 2


def header(ranking: Ranking, *, note: str = "") -> str:
    """At most MOST units; ``note`` is one more remark in small print, itself safe to show."""
    top = paragraph(
        f"## {phrases.HOT_PAPERS} · {phrases.span(ranking.start, ranking.end, ranking.period)}",
        _above(ranking),
    )
    counted = phrases.sentence([*_counted(ranking), note])
    for reason in (_REASON, 0):
        sources = phrases.sentence(_sources(ranking.outcomes, reason))
        missing = missing_line(ranking.missing, reason)
        text = paragraph(top, missing, f"-# {counted}", f"-# {sources}" if sources else None)
        if length(text) <= MOST:
            return text
    return paragraph(top, missing, f"-# {counted}")


def missing_line(found: Sequence[Outcome], reason: int = _REASON) -> str | None:
    """What of arXiv's listing is not there, and why (in at most ``reason`` units for each why)."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for outcome in found:
        said = one_line(plainly(outcome.reason), reason)
        key = outcome.status is Status.INCOMPLETE, said
        groups.setdefault(key, []).append(one_line(outcome.source, 24))
    several = [phrases.missing(names, why, partly) for (partly, why), names in groups.items()]
    return phrases.of_arxiv(several[:_GROUPS], len(several) - _GROUPS) if several else None


def _above(ranking: Ranking) -> str | None:
    if ranking.missing and not ranking.listed:
        return phrases.NOTHING_CAME
    categories = [one_line(each, 24) for each in ranking.categories]
    return phrases.above_bar(
        ranking.above_bar, ranking.listed, ranking.bar, phrases.listed(categories, "or")
    )


def _counted(ranking: Ranking) -> list[str]:
    still_open = ranking.state is DayState.OPEN
    if ranking.counted_at is None:
        counted = phrases.NOT_COUNTED
    else:
        counted = phrases.counted_at(ranking.counted_at, still_open=still_open, late=ranking.late)
    held = words.listing_days(ranking.held)
    others = [phrases.left_out(era, days) for era, days in ranking.left_out]
    return [phrases.BY_LISTING_DATE, held, counted, phrases.era(ranking.era) or "", *others]


def _sources(outcomes: Sequence[Outcome], reason: int) -> list[str]:
    """Who answered, who did not and why (in at most ``reason`` units), who was not asked."""
    answered = [_name(o) for o in outcomes if o.status in (Status.OK, Status.EMPTY)]
    off = [_name(o) for o in outcomes if o.status is Status.OFF]
    parts = [phrases.answered(answered)] if answered else []
    for outcome in outcomes:
        said = one_line(plainly(outcome.reason), reason)
        if outcome.status is Status.INCOMPLETE:
            parts.append(phrases.incomplete(_name(outcome), said))
        elif outcome.status is Status.FAILED:
            parts.append(phrases.failed(_name(outcome), said))
    return [*parts, phrases.off(off)] if off else parts


def _name(outcome: Outcome) -> str:
    try:
        return phrases.NETWORKS[Network(outcome.source)]
    except ValueError:
        return one_line(outcome.source, 24)
