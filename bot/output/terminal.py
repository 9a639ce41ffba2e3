"""Values -> what a person reads on a terminal. Colours only where standard output is one."""

import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from bot.arxiv import ids
from bot.clock import utc
from bot.messages import cards, common, networks
from bot.messages.problems import render, words_or_nothing
from bot.models import DayState, Era, Outcome, Period, RankedPaper, Ranking, Status
from bot.queries import PaperView
from bot.queries.replay import Change, Replay
from bot.text.truncate import calm

_COLOURS = {
    Status.OK: "green",
    Status.EMPTY: "green",
    Status.INCOMPLETE: "yellow",
    Status.FAILED: "red",
    Status.OFF: "bright_black",
}


INDENT = 5
_WORDS = re.compile(r"\S+")
# The demo has a configuration of its own.
_ADVICE = re.compile(r"(?<=['`])hotpapers(?= (?P<alone>demo)?[a-z'])")


class CalmConsole(Console):
    """Titles, names and reasons come from strangers: none of them sends the terminal a control
    character, or turns a line around."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - rich's own, unchanged
        return super().render_str(calm(text), **options)


def console() -> Console:
    """Standard output as it is now. Numbers and ids are not coloured by guessing.

    Lines are broken for a terminal only: a pipe gets them whole, without spaces at their ends.
    """
    found = CalmConsole(highlight=False, emoji=False)
    found.soft_wrap = not found.is_terminal
    return found


def say(said: str, *, err: bool = False) -> None:
    """One plain line, or several, as calm as what goes through a console."""
    click.echo(calm(said), err=err)


def program(config: Path | None = None) -> str:
    """What to type: the bare name, unless the shell does not find it and we know where it is.

    With the option that names ``config``.
    """
    started = Path(sys.argv[0])
    found = shutil.which("hotpapers") or started.name != "hotpapers"
    words = ["hotpapers" if found else str(started)]
    if config is not None:
        words += ["--config", str(config)]
    return shlex.join(words)


def addressed(said: str, config: Path | None) -> str:
    """``said`` with every quoted command, such as 'hotpapers daily', as it is to be typed here."""
    return _ADVICE.sub(lambda one: program(None if one["alone"] else config), said)


def hung(mark: str, said: str, out: Console, *, style: str = "") -> None:
    """Markup behind other markup, such as a number, with its further lines set in below it.

    On a terminal lines end between words, and an address longer than a line stays whole.
    """
    first, body = out.render_str(mark), out.render_str(said, style=style)
    width = sys.maxsize if out.soft_wrap else max(out.width - first.cell_len, 20)
    for row in body.split("\n", allow_blank=True):
        for line in row.divide(_between_words(row.plain, width)):
            line.rstrip()
            out.print(Text.assemble(first, line), soft_wrap=True)
            first = Text(" " * first.cell_len)


def _between_words(row: str, width: int) -> list[int]:
    """Where to break ``row`` so that lines have ``width`` cells, but for longer words.

    Rich's own folds longer words, and an address in two pieces cannot be followed.
    """
    starts, start = [], 0
    for word in _WORDS.finditer(row):
        if start < word.start() and cell_len(row[start : word.end()]) > width:
            start = word.start()
            starts.append(start)
    return starts


def indented(said: str, out: Console, *, style: str = "") -> None:
    """Markup below a paper's title."""
    hung(INDENT * " ", said, out, style=style)


def show_ranking(found: Ranking, out: Console | None = None, *, best_last: bool = False) -> None:
    """``best_last`` turns the order of the papers around."""
    out = out or console()
    out.print(f"[bold]Hot papers · {_span(found)}[/bold]")
    subject = f" in {', '.join(found.categories)}" if found.categories else ""
    if found.counted_at is None and not found.papers:
        out.print(f"{common.counted(found.listed, 'paper')} listed{subject}, none counted yet.")
    elif found.listed or not (found.missing or found.unharvested):
        reach = "reaches" if found.above_bar == 1 else "reach"
        out.print(
            f"{found.above_bar:,} of {common.counted(found.listed, 'paper')} listed{subject} "
            f"{reach} the bar of {common.points(found.bar)}."
        )
    if found.missing:
        hung("", f"[yellow]arXiv: {escape(networks.missing(found.missing))}[/]", out)
    if found.unharvested:
        hung("", f"[yellow]{escape(render(found.unharvested.problem))}[/]", out)
    out.print(f"[bright_black]{escape(_counted(found))}[/]")
    asked = escape(networks.heard(found.outcomes)) or "nobody yet"
    hung("", f"[bright_black]Asked: {asked}[/]", out)
    for line in _eras(found):
        hung("", f"[yellow]{line}[/]", out)
    show_papers(found.papers[::-1] if best_last else found.papers, out)


_ERAS = {
    Era.HOTPAPERS: "counted by this bot",
    Era.BLOG_ORIGINAL_POSTS: "counted by the old blog, original posts only",
    Era.BLOG_REPOSTS_ADDED: "counted by the old blog, which added its reposts' counts again",
}


def _eras(found: Ranking) -> list[str]:
    """By which rule was counted, if not by ours, and which days could not be mixed in."""
    said = []
    if found.era is not Era.HOTPAPERS:
        said.append(f"As printed: {_ERAS[found.era]}. Such counts do not compare with others.")
    said += [
        f"Not in here: {common.counted(days, 'day')} {_ERAS[era]}." for era, days in found.left_out
    ]
    return said


def show_papers(papers: Sequence[RankedPaper], out: Console | None = None) -> None:
    out = out or console()
    for ranked in papers:
        out.print()
        _show_card(ranked, out)


def show_replay(day: date, found: Replay, out: Console | None = None) -> None:
    """Which settings are tried, and how many papers reach the bar under both."""
    out = out or console()
    tried = [
        f"{networks.NAMES[network]} at a rate of {common.points(after)}, "
        f"not {common.points(before)}"
        for network, (before, after) in found.rates.items()
    ]
    bar, other = map(common.points, found.bars)
    if bar != other:
        tried.append(f"a bar of {other}, not {bar}")
    settings = " and ".join(tried) or "the settings in force"
    hung("", f"[bold]{_day(day)} with {settings}[/bold]", out)
    out.print(
        f"{common.counted(len(found.after), 'paper')} would reach the bar, "
        f"{len(found.before):,} {'does' if len(found.before) == 1 else 'do'}. Nothing is changed."
    )


def show_changes(changes: Sequence[Change], out: Console | None = None) -> None:
    """One line a paper: its places and its scores, before and after."""
    out = out or console()
    if not changes:
        out.print("Every paper would keep its place and its score.")
    for change in changes:
        places = f"{_or_dash(change.rank_before)} → {_or_dash(change.rank_after)}"
        scores = f"{_points(change.score_before)} → {_points(change.score_after)}"
        hung(
            f"{change.kind:<9} {places:>9}  ",
            f"{escape(change.paper.title)}  [bright_black]{scores} · {change.paper.arxiv_id}[/]",
            out,
        )


def _or_dash(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def _points(score: float | None) -> str:
    return "–" if score is None else common.points(score)


def _span(found: Ranking) -> str:
    if found.period is Period.DAY:
        return _day(found.start)
    if found.period is Period.MONTH:
        said = f"{found.end:%B %Y}"
    elif found.period is Period.YEAR:
        said = f"{found.end.year}"
    elif found.period is Period.WEEK:
        monday = found.start - timedelta(found.start.weekday())
        said = f"week of {_date(monday)} to {_date(monday + timedelta(4))}"
    else:
        said = f"all time, {_date(found.start)} to {_date(found.end)}"
    held = networks.listing_days(found.held)
    return f"{said} ({held})" if held else said


def _day(day: date) -> str:
    return f"{day:%A} {_date(day)}"


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _counted(found: Ranking) -> str:
    said = "Not counted yet" if found.counted_at is None else f"Counted {utc(found.counted_at)}"
    if found.late:
        said += ", later than usual"
    return said + (". The day is still open." if found.state is DayState.OPEN else ".")


def _show_card(ranked: RankedPaper, out: Console) -> None:
    paper = ranked.paper
    rank = f"{ranked.rank:>3}. " if ranked.rank else ""
    counts = networks.parts(ranked.parts) or "no posts"
    hung(rank, f"[bold]{escape(paper.title)}[/bold]  [yellow]{counts}[/yellow]", out)
    indented(escape(common.authors(paper.authors)), out)
    small = (
        f"score {common.points(ranked.score)}{_people(ranked)} · "
        f"{ids.abs_url(paper.arxiv_id)} · {', '.join(paper.categories)}"
    )
    indented(escape(small), out, style="bright_black")


def _people(ranked: RankedPaper) -> str:
    if not ranked.people:
        return ""
    return " · 1 person" if ranked.people == 1 else f" · {ranked.people:,} people"


def show_paper(view: PaperView, out: Console | None = None) -> None:
    out = out or console()
    paper = view.ranked.paper
    _show_card(view.ranked, out)
    for day, announcement in view.listed:
        indented(f"{announcement} on {day}", out, style="bright_black")
    if view.era is not Era.HOTPAPERS:
        indented(_ERAS[view.era], out, style="bright_black")
    out.print()
    indented(escape(paper.abstract), out)


def show_why(view: PaperView, out: Console | None = None) -> None:
    out = out or console()
    paper = view.ranked.paper
    out.print(f"[bold]{escape(paper.title)}[/bold] ({paper.arxiv_id})")
    for network in view.why.networks:
        part = network.part
        posts = f" in {common.counted(part.posts, 'post')}" if part.posts else ""
        out.print(
            f"{networks.NAMES[part.network]}: "
            f"{networks.plain_counts(part.network, part.reposts, part.likes)}"
            f"{posts} × {common.points(part.rate)}"
            f" = [bold]{common.points(part.points)}[/bold]"
        )
        for item in network.posts:
            post = item.post
            line = (
                f"{escape(post.author or 'unknown')}: "
                f"{networks.plain_counts(post.network, post.reposts, post.likes)}  {post.url}"
            )
            points = f"[bright_black]{common.points(item.points):>8}[/]  "
            hung(points, line, out, style="bright_black")
    people = view.why.people
    by = [] if people is None else [f"from {common.counted(people, 'author')} of posts"]
    by += [] if view.era is Era.HOTPAPERS else [_ERAS[view.era]]
    out.print(" ".join([f"Score: [bold]{common.points(view.why.score)}[/bold]", *by]))
    if view.why.bots:
        counted = any(item.post.is_bot for part in view.why.networks for item in part.posts)
        names = [post.author or post.url for post in view.why.bots]
        said = cards.bots(len(names), names, counted_too=counted)
        out.print(escape(said), style="bright_black")


def show_outcomes(title: str, outcomes: Sequence[Outcome], out: Console | None = None) -> None:
    """One line per source; sources that agree share one."""
    out = out or console()
    out.print(f"[bold]{escape(title)}[/bold]")
    groups: dict[tuple[Status, str], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.status, words_or_nothing(outcome.reason)), []).append(outcome)
    for (status, reason), group in groups.items():
        said = _asked(group) + (f" ({reason})" if reason else "")
        hung(f"  [{_COLOURS[status]}]{status:<10}[/] ", escape(said), out)


_FINE = {Status.OK, Status.EMPTY, Status.OFF}


def _asked(group: Sequence[Outcome]) -> str:
    """Which sources, and what came of asking them. Categories are named when something is wrong
    with them; all of cs would hide what a person should see."""
    names = [networks.NAMES.get(o.source, o.source) for o in group]
    if (
        group[0].status in _FINE
        and len(names) > 1
        and not any(o.source in networks.NAMES for o in group)
    ):
        who = f"{len(names)} categories"
    else:
        who = ", ".join(names)
    items, requests = sum(o.items for o in group), sum(o.requests for o in group)
    if not items and not requests:
        return who
    return f"{who}: {common.counted(items, 'item')}, {common.counted(requests, 'request')}"
