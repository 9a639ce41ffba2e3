"""What is offered while somebody types an option: (label, value) pairs, best first.

Labels have no Markdown and at most 100 units, as Discord's autocomplete choices; so have values.
"""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot import messages, parsing, queries
from bot.arxiv import calendar, ids, taxonomy
from bot.container import Services
from bot.errors import InputError, UnknownCategory
from bot.messages.common import counted
from bot.models import Day, DayState, Paper, RankedPaper, Rule
from bot.parsing.zones import search_zones
from bot.store import days, follows, papers, rules, standings
from bot.text import label, length

LONGEST = 100
MOST = 25

Choice = tuple[str, str]


# --- days ---------------------------------------------------------------------------------------


async def day_choices(services: Services, typed: str) -> list[Choice]:
    """Days with their state. What ``typed`` means is always among them, else days in the archive,
    of which an old blog's may be years away from all others.
    """
    today = services.clock.now().date()
    held = await services.archive.read(days.dates)
    shown = parsing.complete(typed, today, held)
    known = await queries.counted(services.archive, services.config.settings, shown)
    deferred = frozenset(services.config.settings.arxiv.deferred)
    mailed = calendar.latest_mailed(services.clock.now(), deferred)
    return [(_of_day(day, known.get(day), mailed, deferred), day.isoformat()) for day in shown]


def _of_day(
    day: date, known: tuple[Day, int] | None, mailed: date, deferred: frozenset[date]
) -> str:
    if known is not None:
        return (
            f"{messages.common.plain_day(day)} · {known[1]} "
            f"ranked{' so far' if (known[0].state is DayState.OPEN) else ''}"
        )
    if not calendar.is_listing_day(day, deferred):
        return messages.autocomplete.day_without(messages.common.plain_day(day), "no listing")
    why = "not in the archive" if day <= mailed else "not announced yet"
    return messages.autocomplete.day_without(messages.common.plain_day(day), why)


# --- categories ---------------------------------------------------------------------------------


def category_choices(services: Services, typed: str) -> list[Choice]:
    """Completes the last of several categories; those before it stay as they were typed."""
    before, comma, last = typed.rpartition(",")
    start = f"{before.strip()}, " if comma else ""
    named = list(_categories(last.strip()))
    foreign = queries.unharvested(services.config.settings, [value for _, value in named])
    unharvested = foreign.asked if foreign else ()
    found = [
        (
            start + (f"{said} · not harvested here" if value in unharvested else said),
            start + value,
        )
        for said, value in named
    ]
    return [(label(said, LONGEST), value) for said, value in found if length(value) <= LONGEST][
        :MOST
    ]


def _categories(typed: str) -> Iterator[Choice]:
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
    for category in taxonomy.search(typed):
        yield f"{category.id} – {category.name}", category.id


def _wildcard(typed: str) -> str | None:
    """The pattern of an archive, when ``typed`` names one."""
    try:
        pattern = taxonomy.resolve_pattern(typed)
    except UnknownCategory:
        return None
    return pattern if pattern.endswith(".*") else None


# --- papers -------------------------------------------------------------------------------------


async def paper_choices(services: Services, typed: str) -> list[Choice]:
    """The newest day's papers whose title, authors or id have all the words typed, best first.

    Those below the bar too, as people ask why. A whole id, or a link, stands for the paper itself,
    of whatever day.
    """
    if (named := _named(typed)) is not None:
        found = await services.archive.read(papers.get, named)
        return [] if found is None else [_of_paper(found)]
    newest = await queries.newest_day(services.archive)
    if newest is None:
        return []
    ranked = await services.archive.read(standings.between, newest, newest, min_score=0.0)
    words = typed.casefold().split()
    return [
        _of_paper(each.paper)
        for each in queries.in_order(ranked)
        if all(word in _searched(each) for word in words)
    ][:MOST]


def _named(typed: str) -> str | None:
    try:
        return ids.normalise(typed)
    except InputError:
        return None


def _of_paper(found: Paper) -> Choice:
    return label(f"{found.title} · {found.arxiv_id}", LONGEST), found.arxiv_id


def _searched(ranked: RankedPaper) -> str:
    found = ranked.paper
    return " ".join((found.arxiv_id, found.title, *found.authors)).casefold()


# --- hours, zones, digests ----------------------------------------------------------------------


def hour_choices(typed: str) -> list[Choice]:
    """Full hours, and half ones once an hour is typed."""
    times = [f"{hour:02}:{minute:02}" for minute in (0, 30) for hour in range(24)]
    asked = typed.strip()
    fitting = [t for t in times if t.startswith(asked) or t.lstrip("0").startswith(asked)]
    return [(time, time) for time in sorted(fitting if asked else times[:24])[:MOST]]


def zone_choices(typed: str, now: datetime) -> list[Choice]:
    """Zones, each with the time that it is there."""
    return [
        (messages.autocomplete.zone_choice(name, f"{now.astimezone(ZoneInfo(name)):%H:%M}"), name)
        for name in search_zones(typed)
    ]


async def digest_choices(
    services: Services, guild_id: int, channels: dict[int, str], typed: str
) -> list[Choice]:
    """A server's digests. ``channels`` are the names of those that can be seen."""
    found = await services.archive.read(rules.of_guild, guild_id)
    choices = ((_of_rule(rule, channels), str(rule.rule_id)) for rule in found)
    asked = typed.casefold().strip()
    return [(said, value) for said, value in choices if asked in said.casefold()][:MOST]


async def follow_choices(services: Services, member_id: int, typed: str) -> list[Choice]:
    """What a member follows."""
    found = await services.archive.read(follows.of_member, member_id)
    asked = typed.casefold().strip()
    return [
        (
            label((f"{each.query} · paused" if each.paused else each.query), LONGEST),
            str(each.follow_id),
        )
        for each in found
        if asked in each.query.casefold()
    ][:MOST]


def _of_rule(rule: Rule, channels: dict[int, str]) -> str:
    categories = ", ".join(rule.categories) or "every category"
    name = channels.get(rule.channel_id, str(rule.channel_id))
    at = f"{rule.at:%H:%M} {rule.zone}"
    return label(f"{rule.rule_id} · #{name} · {categories} · {at}", LONGEST)
