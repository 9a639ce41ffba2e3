"""Why a channel does not get a paper, or at which place it does."""

from collections.abc import Callable, Sequence

from bot.messages.common import either, listed, points
from bot.problems import Code


def _other_categories(own: Sequence[str], asked: Sequence[str]) -> str:
    return f"It is {listed(own) or 'in no category'}; this channel asked for {either(asked)}."


def _only_cross_listed(primary: str, categories: Sequence[str]) -> str:
    return (
        f"It is {primary} and only cross-listed to {listed(categories)}; "
        "this channel takes no cross-lists."
    )


def _keywords_not_said(keywords: Sequence[str]) -> str:
    words = either([_quoted(keyword) for keyword in keywords])
    return f"Its title, abstract and authors do not say {words}, which this channel asked for."


def _keyword_excluded(keyword: str) -> str:
    return f"It says {_quoted(keyword)}, which this channel excludes."


def _below_bar(score: float, bar: float) -> str:
    return f"Its score is {points(score)}; this channel's bar is {points(bar)}."


def _not_harvested_here(asked: Sequence[str], harvested: Sequence[str]) -> str:
    are, them = ("is", "it") if len(asked) == 1 else ("are", "them")
    return (
        f"{listed(asked)} {are} not harvested here: only papers of {listed(harvested)} that are "
        f"cross-listed to {them} can be found. Whoever runs this bot can add {them} to categories "
        "under [arxiv] in its configuration."
    )


def _quoted(keyword: str) -> str:
    return keyword if '"' in keyword else f'"{keyword}"'


WORDS: dict[Code, str | Callable[..., str]] = {
    Code.NOT_HARVESTED_HERE: _not_harvested_here,
    Code.PAPER_NOT_HARVESTED: "{arxiv_id} is not among the papers that were harvested.",
    Code.PAPER_ONLY_REPLACED: "It was only replaced by a new version that day, "
    "and that is never news.",
    Code.OTHER_CATEGORIES: _other_categories,
    Code.CROSS_LISTED_LATER: "It was cross-listed that day, not new; "
    "this channel takes no cross-lists.",
    Code.ONLY_CROSS_LISTED: _only_cross_listed,
    Code.KEYWORDS_NOT_SAID: _keywords_not_said,
    Code.KEYWORD_EXCLUDED: _keyword_excluded,
    Code.BELOW_BAR: _below_bar,
    Code.BEYOND_TOP: "It is number {place} of those above the bar; this channel takes {top}.",
    Code.POSTED_BEFORE: "This channel has had it before.",
    Code.SELECTED: "It is number {place} of {papers} in this channel.",
}
