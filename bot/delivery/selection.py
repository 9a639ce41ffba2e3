"""Which papers a rule gets from a ranking, and at which stage another was left out. Pure.

A keyword is words that must all occur, in any order; a phrase in quotes must occur as it is, and
so must what a hyphen or a dot joins (``GPT-4``). Words are whole words, blind to case and accents.
``author:`` looks for them in the name of one author, everything else in title, abstract and
authors. Of several keywords one is enough; of several exclusions one is too many.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.arxiv import taxonomy
from bot.errors import UnknownCategory
from bot.messages import exclusion_reasons
from bot.models import Announcement, Paper, RankedPaper, Rule, Stage


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
    """Why a channel does not get a paper, as a sentence; ``stage`` is None if it does get it."""

    stage: Stage | None
    sentence: str


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
    if rule.keywords and not any(_says(paper, keyword) for keyword in rule.keywords):
        return Stage.KEYWORD
    if any(_says(paper, keyword) for keyword in rule.exclusions):
        return Stage.EXCLUSION
    return None


def _asked_for(rule: Rule, category: str) -> bool:
    return any(_covers(pattern, category) for pattern in rule.categories)


def _covers(pattern: str, category: str) -> bool:
    try:
        return taxonomy.matches(pattern, category)
    except UnknownCategory:  # stored under an older table; the channel's other patterns stand
        return False


def _at_home(rule: Rule, paper: Paper, announcement: Announcement) -> bool:
    """New that day, in its primary category. A later cross-listing is announced as such."""
    return announcement is Announcement.NEW and (
        not rule.categories or _asked_for(rule, paper.primary)
    )


# --- words --------------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_PIECE = re.compile(r'"([^"]*)"?|([^\s"]+)')
_AUTHOR = "author:"
# Letters that Unicode does not decompose into a plain one and its accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def _folded(text: str) -> str:
    """Its words, case and accents removed, each between spaces: ``" a fold b "``."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return f" {' '.join(_WORD.findall(bare))} "


@lru_cache(maxsize=4096)  # a mailing's papers are looked through once for every rule with words
def _names(authors: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_folded(author) for author in authors)


@lru_cache(maxsize=4096)
def _texts(title: str, abstract: str) -> str:
    return f"{_folded(title)}|{_folded(abstract)}"


@lru_cache(maxsize=4096)
def _pieces(keyword: str) -> tuple[bool, tuple[str, ...]]:
    """Whether ``keyword`` is about authors, and the folded pieces that must all occur."""
    text = keyword.strip()
    about_authors = text.casefold().startswith(_AUTHOR)
    text = text[len(_AUTHOR) :] if about_authors else text
    pieces = (_folded(quoted or bare) for quoted, bare in _PIECE.findall(text))
    return about_authors, tuple(piece for piece in pieces if piece.strip())


def _says(paper: Paper, keyword: str) -> bool:
    """A keyword without any letter or digit is said by no paper."""
    about_authors, pieces = _pieces(keyword)
    names = _names(paper.authors)
    if not pieces:
        return False
    if about_authors:
        return any(all(piece in name for piece in pieces) for name in names)
    text = "|".join((_texts(paper.title, paper.abstract), *names))
    return all(piece in text for piece in pieces)


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
        return Verdict(Stage.NOT_HARVESTED, exclusion_reasons.not_harvested(arxiv_id))
    choice = choose(rule, ranked, announcements, default_bar=default_bar, already=already)
    stage = choice.left_out.get(arxiv_id)
    if stage is None:
        place = _ids(choice.papers).index(arxiv_id) + 1
        return Verdict(None, exclusion_reasons.taken(place, len(choice.papers)))
    return Verdict(stage, _sentence(stage, rule, entry, choice, announcements.get(arxiv_id)))


def _sentence(
    stage: Stage,
    rule: Rule,
    entry: RankedPaper,
    choice: Choice,
    announcement: Announcement | None,
) -> str:
    match stage:
        case Stage.NOT_HARVESTED:
            return exclusion_reasons.ONLY_REPLACED
        case Stage.CATEGORY:
            return exclusion_reasons.other_categories(entry.paper.categories, rule.categories)
        case Stage.CROSS_LIST:
            return _crossed(rule, entry.paper, announcement)
        case Stage.KEYWORD:
            return exclusion_reasons.without_keywords(rule.keywords)
        case Stage.EXCLUSION:
            return exclusion_reasons.excluded(
                next(w for w in rule.exclusions if _says(entry.paper, w))
            )
        case Stage.BAR:
            return exclusion_reasons.below(entry.score, choice.bar)
        case Stage.ALREADY_POSTED:
            return exclusion_reasons.HAD_BEFORE
        case Stage.BEYOND_TOP:
            fresh = [i for i, s in choice.left_out.items() if s is Stage.BEYOND_TOP]
            place = len(choice.papers) + fresh.index(entry.paper.arxiv_id) + 1
            return exclusion_reasons.beyond_top(place, rule.top)


def _crossed(rule: Rule, paper: Paper, announcement: Announcement | None) -> str:
    if announcement is Announcement.CROSS:
        return exclusion_reasons.CROSSED_THAT_DAY
    crossed = [category for category in paper.categories if _asked_for(rule, category)]
    return exclusion_reasons.crossed(paper.primary, crossed)
