"""Which papers a rule gets from a ranking, and at which stage another was left out. Pure.

A keyword is a search (``bot.search``) without days. Of several keywords one is enough; of several
exclusions one is too many.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.models import Announcement, Paper, RankedPaper, Rule, Stage
from bot.problems import Code, Problem
from bot.search.keywords import says_keyword
from bot.search.matching import any_covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a channel gets. ``papers`` are ranked anew from 1.

    ``considered`` papers are of the rule's subject, ``above_bar`` of them reach its ``bar``, and
    ``nearest_below`` is the best that does not. ``left_out`` gives the stage by arXiv id.
    """

    papers: tuple[RankedPaper, ...]
    considered: int
    above_bar: int
    bar: float
    nearest_below: RankedPaper | None
    left_out: Mapping[str, Stage]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a channel does not get a paper; ``stage`` is None if it does get it."""

    stage: Stage | None
    reason: Problem


def choose(
    rule: Rule,
    ranked: Sequence[RankedPaper],
    announcements: Mapping[str, Announcement],
    *,
    default_bar: float,
    already: Collection[str] = (),
) -> Choice:
    """Take the rule's papers from all ``ranked`` ones (also below any bar), best first.

    ``announcements`` says by arXiv id how a paper was announced; one that is not named counts as
    new. ``already`` are the ids of papers that the channel has had.
    """
    bar = default_bar if rule.bar is None else rule.bar
    had = frozenset(already)
    left_out: dict[str, Stage] = {}
    considered: list[RankedPaper] = []
    for entry in ranked:
        arxiv_id = entry.paper.arxiv_id
        stage = _subject(rule, entry.paper, announcements.get(arxiv_id, Announcement.NEW))
        if stage:
            left_out[arxiv_id] = stage
        else:
            considered.append(entry)
    above = [entry for entry in considered if entry.score >= bar]
    below = [entry for entry in considered if entry.score < bar]
    fresh = [entry for entry in above if entry.paper.arxiv_id not in had]
    left_out |= dict.fromkeys(_ids(below), Stage.BAR)
    left_out |= dict.fromkeys(had.intersection(_ids(above)), Stage.ALREADY_POSTED)
    left_out |= dict.fromkeys(_ids(fresh[rule.top :]), Stage.BEYOND_TOP)
    return Choice(
        papers=tuple(replace(e, rank=place) for place, e in enumerate(fresh[: rule.top], 1)),
        considered=len(considered),
        above_bar=len(above),
        bar=bar,
        nearest_below=below[0] if below else None,
        left_out=left_out,
    )


def _ids(entries: Iterable[RankedPaper]) -> list[str]:
    return [entry.paper.arxiv_id for entry in entries]


def _subject(rule: Rule, paper: Paper, announcement: Announcement) -> Stage | None:
    """The first stage that does not depend on scores at which ``paper`` falls out."""
    if not announcement.is_announcement:
        return Stage.NOT_HARVESTED
    if rule.categories and not any(_asked_for(rule, c) for c in paper.categories):
        return Stage.CATEGORY
    if not rule.cross_lists and not _at_home(rule, paper, announcement):
        return Stage.CROSS_LIST
    if rule.keywords and not any(says_keyword(paper, keyword) for keyword in rule.keywords):
        return Stage.KEYWORD
    if any(says_keyword(paper, keyword) for keyword in rule.exclusions):
        return Stage.EXCLUSION
    return None


def _asked_for(rule: Rule, category: str) -> bool:
    return any_covers(rule.categories, [category])


def _at_home(rule: Rule, paper: Paper, announcement: Announcement) -> bool:
    """New that day, in its primary category. A later cross-listing is announced as such."""
    return announcement is Announcement.NEW and (
        not rule.categories or _asked_for(rule, paper.primary)
    )


# --- why not ------------------------------------------------------------------------------------


def why_not(
    rule: Rule,
    arxiv_id: str,
    ranked: Sequence[RankedPaper],
    announcements: Mapping[str, Announcement],
    *,
    default_bar: float,
    already: Collection[str] = (),
) -> Verdict:
    """At which stage the paper falls out of what ``choose`` gives for the same arguments."""
    entry = next((e for e in ranked if e.paper.arxiv_id == arxiv_id), None)
    if entry is None:
        return Verdict(Stage.NOT_HARVESTED, Problem(Code.PAPER_NOT_HARVESTED, arxiv_id=arxiv_id))
    choice = choose(rule, ranked, announcements, default_bar=default_bar, already=already)
    stage = choice.left_out.get(arxiv_id)
    if stage is None:
        place = _ids(choice.papers).index(arxiv_id) + 1
        return Verdict(None, Problem(Code.SELECTED, place=place, papers=len(choice.papers)))
    return Verdict(stage, _reason(stage, rule, entry, choice, announcements.get(arxiv_id)))


def _reason(
    stage: Stage,
    rule: Rule,
    entry: RankedPaper,
    choice: Choice,
    announcement: Announcement | None,
) -> Problem:
    paper = entry.paper
    match stage:
        case Stage.NOT_HARVESTED:
            return Problem(Code.PAPER_ONLY_REPLACED)
        case Stage.CATEGORY:
            return Problem(Code.OTHER_CATEGORIES, own=paper.categories, asked=rule.categories)
        case Stage.CROSS_LIST:
            if announcement is Announcement.CROSS:
                return Problem(Code.CROSS_LISTED_LATER)
            asked = [category for category in paper.categories if _asked_for(rule, category)]
            return Problem(Code.ONLY_CROSS_LISTED, primary=paper.primary, categories=asked)
        case Stage.KEYWORD:
            return Problem(Code.KEYWORDS_NOT_SAID, keywords=rule.keywords)
        case Stage.EXCLUSION:
            said = next(keyword for keyword in rule.exclusions if says_keyword(paper, keyword))
            return Problem(Code.KEYWORD_EXCLUDED, keyword=said)
        case Stage.BAR:
            return Problem(Code.BELOW_BAR, score=entry.score, bar=choice.bar)
        case Stage.ALREADY_POSTED:
            return Problem(Code.POSTED_BEFORE)
        case Stage.BEYOND_TOP:
            fresh = [i for i, s in choice.left_out.items() if s is Stage.BEYOND_TOP]
            place = len(choice.papers) + fresh.index(paper.arxiv_id) + 1
            return Problem(Code.BEYOND_TOP, place=place, top=rule.top)
