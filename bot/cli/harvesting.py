"""What fills the archive: harvest, collect, daily."""

from datetime import date

import click

from bot import reading, terminal
from bot.app.services import services
from bot.arxiv import calendar
from bot.cli.context import Context, date_option, pass_context, run
from bot.clock import Clock
from bot.config import Config
from bot.daily import closing
from bot.errors import InputError
from bot.models import DayState, Outcome, Status
from bot.periods import FIRST_DAY


@click.command()
@date_option
@pass_context
def harvest(context: Context, day: date | None) -> None:
    """The day's papers, from arXiv into the archive."""
    run(_step(context.config, context.clock, day, "harvest"))


@click.command()
@date_option
@pass_context
def collect(context: Context, day: date | None) -> None:
    """The posts that link the day's papers, with their counts, into the archive."""
    run(_step(context.config, context.clock, day, "collect"))


@click.command()
@date_option
@click.option("--dry-run", is_flag=True, help="Say what would be asked for, and ask nothing.")
@pass_context
def daily(context: Context, day: date | None, dry_run: bool) -> None:
    """Harvest, collect, rank, and close the day when its time has come."""
    job = _plan if dry_run else _daily
    run(job(context.config, context.clock, day))


async def _step(config: Config, clock: Clock, day: date | None, step: str) -> None:
    async with services(config, clock) as s:
        chosen = _chosen(day, config, clock)
        work = s.daily.harvest if step == "harvest" else s.daily.collect
        outcomes = await work(chosen)
        terminal.show_outcomes(f"{step.capitalize()} of {chosen}", outcomes)
    _fail_if_nobody_answered(outcomes)


async def _daily(config: Config, clock: Clock, day: date | None) -> None:
    async with services(config, clock) as s:
        chosen = _chosen(day, config, clock)
        report = await s.daily.run(chosen)
        terminal.show_outcomes(f"Harvest of {chosen}", report.harvest)
        terminal.show_outcomes("Posts", report.collect)
        found = await reading.ranking(s.archive, config.settings, day=chosen)
        if found is not None:
            terminal.show_ranking(found)
        if report.day.state is DayState.OPEN:
            ends = terminal.moment(closing.closes_at(chosen, config.settings))
            terminal.console().print(f"The day stays open. Its counting window ends {ends}.")
    _fail_if_nobody_answered(report.harvest)


async def _plan(config: Config, clock: Clock, day: date | None) -> None:
    """``--dry-run``: the archive is not even opened."""
    chosen = _chosen(day, config, clock)
    out = terminal.console()
    out.print(f"Would harvest {chosen} in {', '.join(config.settings.arxiv.categories)}")
    sources = config.settings.sources
    asked = [
        name
        for name in ("x", "bluesky", "mastodon", "hackernews", "huggingface")
        if getattr(sources, name).enabled
    ]
    out.print(f"Would ask {', '.join(asked)} for posts")


def _chosen(day: date | None, config: Config, clock: Clock) -> date:
    """Raises InputError for a day of which arXiv cannot have a listing yet, or never had one."""
    deferred = frozenset(config.settings.arxiv.deferred)
    newest = calendar.latest_mailed(clock.now(), deferred)
    if day is None:
        return calendar.latest_in_feed(clock.now(), deferred)
    if day > newest:
        raise InputError(f"There is no listing of {day} yet: the newest is that of {newest}.")
    if day < FIRST_DAY:
        raise InputError(f"arXiv began on {FIRST_DAY}; there is no listing of {day}.")
    return day


def _fail_if_nobody_answered(outcomes: tuple[Outcome, ...]) -> None:
    """A part of an answer is a success that says what is missing; none at all is a failure."""
    if all(outcome.status is Status.FAILED for outcome in outcomes):
        raise click.exceptions.Exit(1)


COMMANDS = (harvest, collect, daily)
