"""What is offered while somebody types an option: (label, value) pairs, best first.

Labels have no Markdown and at most 100 units, as Discord's autocomplete choices; so have values.
"""

import asyncio
import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot import parsing, queries
from bot.arxiv import calendar, ids, taxonomy
from bot.container import Services
from bot.errors import InputError, UnknownCategory
from bot.messages.common import counted, plain_day, zone
from bot.messages.translation import N_, catalogue
from bot.models import Day, DayState, Language, Paper, Rule
from bot.parsing.zones import search_zones
from bot.search import Query, Term, fold
from bot.store import days, follows, papers, rules, standings
from bot.store.search import find
from bot.text import label, length

MAX_LABEL = 100
MAX_CHOICES = 25
_MIN_LETTERS = 3  # too many papers of the archive have a word that begins with two
_ID_BEGUN = re.compile(r"[0-9]{4}\.[0-9]{0,4}|[a-z-]+/[0-9]{1,6}")

Choice = tuple[str, str]


# --- days ---------------------------------------------------------------------------------------


async def day_choices(services: Services, typed: str, language: Language) -> list[Choice]:
    """Days with their state. What ``typed`` means is always among them, else days in the archive,
    of which an old blog's may be years away from all others. Read and said in ``language``.
    """
    today = services.clock.now().date()
    held = await services.archive.read(days.dates)
    # In a thread: the first date in another language loads the names of its months.
    offered = await asyncio.to_thread(parsing.complete, typed, today, held, language)
    known = await queries.counted(services.archive, services.config.settings, offered)
    deferred = frozenset(services.config.settings.arxiv.deferred)
    mailed = calendar.latest_mailed(services.clock.now(), deferred)
    states = ((day, _of_day(day, known.get(day), mailed, deferred)) for day in offered)
    return await asyncio.to_thread(
        lambda: [
            (f"{plain_day(day, language)} · {_state_label(state, language)}", day.isoformat())
            for day, state in states
        ]
    )


def _of_day(
    day: date, known: tuple[Day, int] | None, mailed: date, deferred: frozenset[date]
) -> tuple[str, int]:
    """What is known of a day, and how many of its papers are ranked."""
    if known is not None:
        is_open = known[0].state is DayState.OPEN
        return N_("{count} ranked so far") if is_open else N_("{count} ranked"), known[1]
    if not calendar.is_listing_day(day, deferred):
        return N_("no listing"), 0
    return N_("not in the archive") if day <= mailed else N_("not announced yet"), 0


def _state_label(state: tuple[str, int], language: Language) -> str:
    text, count = state
    return catalogue(language).gettext(text).format(count=count)


# --- categories ---------------------------------------------------------------------------------


def category_choices(services: Services, typed: str) -> list[Choice]:
    """Completes the last of several categories; those before it stay as they were typed. What is
    harvested comes first, and nothing that stands before is offered again."""
    before, comma, last = typed.rpartition(",")
    start = f"{before.strip()}, " if comma else ""
    bare = last.strip().removeprefix("-").strip()
    start += "-" * last.strip().startswith("-")
    typed_before = {piece.strip().casefold() for piece in before.split(",")}
    named = {
        value: name for name, value in _categories(bare) if value.casefold() not in typed_before
    }
    foreign = queries.unharvested(services.config.settings, list(named))
    unharvested = foreign.asked if foreign else ()
    ordered = sorted(named, key=lambda value: value in unharvested)
    return [
        (
            label(
                start + named[value] + " · not harvested here" * (value in unharvested), MAX_LABEL
            ),
            start + value,
        )
        for value in ordered
        if length(start + value) <= MAX_LABEL
    ][:MAX_CHOICES]


def _categories(typed: str) -> Iterator[Choice]:
    if typed.casefold() in ("all", "any", "every", "everything", taxonomy.ANY):
        yield "* – every category", taxonomy.ANY
    pattern = _wildcard(typed)
    if pattern:
        held = taxonomy.expand(pattern)
        yield (
            (
                f"{pattern} – all of {held[0].archive_name} "
                f"({counted(len(held), 'category', 'categories')})"
            ),
            pattern,
        )
    # All that fit: those that are harvested may be the last of arXiv's.
    for category in taxonomy.search(typed, len(taxonomy.all_categories())):
        yield f"{category.id} – {category.name}", category.id


def _wildcard(typed: str) -> str | None:
    """The pattern of an archive, when ``typed`` names one."""
    try:
        pattern = taxonomy.resolve_pattern(typed)
    except UnknownCategory:
        return None
    return pattern if pattern.endswith(".*") else None  # of several categories


# --- papers -------------------------------------------------------------------------------------


async def paper_choices(services: Services, typed: str) -> list[Choice]:
    """Papers whose title, authors or id have all the words typed: the newest day's, best first,
    then the archive's most noticed ones.

    Those below the bar too, as people ask why. A whole id, or a link, stands for the paper itself.
    """
    if (named := _named(typed)) is not None:
        paper = await services.archive.read(papers.get, named)
        return [] if paper is None else [_of_paper(paper)]
    newest = await queries.newest_day(services.archive)
    fitting = await services.archive.read(_papers, typed, newest)
    return list(dict.fromkeys(map(_of_paper, fitting)))[:MAX_CHOICES]


def _papers(db: Database, typed: str, newest: date | None) -> list[Paper]:
    ranked = standings.between(db, newest, newest, min_score=0.0) if newest else []
    words = fold(typed).split()
    fitting = [
        each.paper
        for each in queries.in_order(ranked)
        if all(f" {word}" in _searched(each.paper) for word in words)
    ]
    if len(fitting) >= MAX_CHOICES or len("".join(words)) < _MIN_LETTERS:
        return fitting
    if _ID_BEGUN.fullmatch(typed.strip()):
        return fitting + papers.beginning(db, typed.strip(), MAX_CHOICES)
    terms = tuple(Term((word,), word, prefix=True) for word in words)
    return fitting + [
        hit.paper for hit in find(db, Query(text=typed, terms=terms), limit=MAX_CHOICES).hits
    ]


def _named(typed: str) -> str | None:
    try:
        return ids.normalise(typed)
    except InputError:
        return None


def _of_paper(paper: Paper) -> Choice:
    return label(f"{paper.title} · {paper.arxiv_id}", MAX_LABEL), paper.arxiv_id


def _searched(paper: Paper) -> str:
    return fold(" ".join((paper.arxiv_id, paper.title, *paper.authors)))


# --- hours, zones, digests ----------------------------------------------------------------------


def hour_choices(typed: str) -> list[Choice]:
    """Full hours, and half ones once an hour is typed."""
    times = [f"{hour:02}:{minute:02}" for minute in (0, 30) for hour in range(24)]
    asked = typed.strip()
    fitting = [t for t in times if t.startswith(asked) or t.lstrip("0").startswith(asked)]
    return [(time, time) for time in sorted(fitting if asked else times[:24])[:MAX_CHOICES]]


def zone_choices(typed: str, now: datetime) -> list[Choice]:
    """Zones, each with the time that it is there."""
    return [
        (f"{name} · now {now.astimezone(ZoneInfo(name)):%H:%M}", name)
        for name in search_zones(typed)
    ]


async def digest_choices(
    services: Services, guild_id: int, channels: dict[int, str], typed: str
) -> list[Choice]:
    """A server's digests. ``channels`` are the names of those that can be seen."""
    own = await services.archive.read(rules.of_guild, guild_id)
    choices = ((_of_rule(rule, channels), str(rule.rule_id)) for rule in own)
    asked = typed.casefold().strip()
    return [(name, value) for name, value in choices if asked in name.casefold()][:MAX_CHOICES]


async def follow_choices(services: Services, member_id: int, typed: str) -> list[Choice]:
    """What a member follows."""
    own = await services.archive.read(follows.of_member, member_id)
    asked = typed.casefold().strip()
    return [
        (
            label((f"{follow.query} · paused" if follow.paused else follow.query), MAX_LABEL),
            str(follow.follow_id),
        )
        for follow in own
        if asked in follow.query.casefold()
    ][:MAX_CHOICES]


def _of_rule(rule: Rule, channels: dict[int, str]) -> str:
    categories = ", ".join(rule.categories) or "every category"
    name = channels.get(rule.channel_id, str(rule.channel_id))
    at = f"{rule.at:%H:%M} {zone(rule.zone)}"
    return label(f"{rule.rule_id} · #{name} · {categories} · {at}", MAX_LABEL)
