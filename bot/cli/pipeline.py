"""What fills the archive: harvest, collect, daily."""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import click

from bot import queries
from bot.arxiv import calendar
from bot.cli.context import Context, date_option, pass_context, run, take_over_option
from bot.cli.no_listing import refuse_before_arxiv
from bot.clock import Clock, utc
from bot.config import Config
from bot.container import Services, services
from bot.errors import InputError
from bot.messages import common, networks
from bot.messages.problems import render
from bot.models import DayState, Network, Outcome, RankingQuery, Status
from bot.output import terminal
from bot.pipeline import day_close
from bot.store.archive_lock import holding


@click.command()
@date_option
@take_over_option
@pass_context
def harvest(context: Context, day: date | None, take_over: bool) -> None:
    """The day's papers, from arXiv into the archive."""
    outcomes = run(_alone(context, "harvest", day, _harvest, take_over=take_over))
    _fail_if_nobody_answered(outcomes)


@click.command()
@date_option
@take_over_option
@pass_context
def collect(context: Context, day: date | None, take_over: bool) -> None:
    """The posts on the day's papers, with counts, into the archive."""
    outcomes = run(_alone(context, "collect", day, _collect, take_over=take_over))
    _fail_if_nobody_answered(outcomes)


@click.command()
@date_option
@click.option("--dry-run", is_flag=True, help="Say what would be asked for, and ask nothing.")
@take_over_option
@pass_context
def daily(context: Context, day: date | None, dry_run: bool, take_over: bool) -> None:
    """Harvest, collect and rank a day, and close it when it is due."""
    if dry_run:
        _plan(context.config, context.clock, day)
        return
    outcomes = run(_alone(context, "daily", day, _daily, take_over=take_over))
    _fail_if_nobody_answered(outcomes)


_Outcomes = tuple[Outcome, ...]
_Job = Callable[[Services, date], Coroutine[Any, Any, _Outcomes]]


async def _alone(
    context: Context, what: str, day: date | None, job: _Job, *, take_over: bool
) -> _Outcomes:
    """``job`` for the day that was asked for, while no other process works on the archive."""
    config, clock = context.config, context.clock
    chosen = _chosen(day, config, clock)
    async with (
        holding(config.archive, what, clock.now(), take_over=take_over) as holder,
        services(config, clock) as s,
    ):
        return await holder.work(job(s, chosen))


async def _harvest(s: Services, day: date) -> _Outcomes:
    outcomes = await s.daily.harvest(day)
    terminal.show_outcomes(f"Harvest of {day}", outcomes)
    return outcomes


async def _collect(s: Services, day: date) -> _Outcomes:
    outcomes = await s.daily.collect(day)
    terminal.show_outcomes(f"Collect of {day}", outcomes)
    return outcomes


async def _daily(s: Services, day: date) -> _Outcomes:
    settings = s.config.settings
    report = await s.daily.run(day)
    terminal.show_outcomes(f"Harvest of {day}", report.harvest)
    out = terminal.console()
    out.print(f"  {common.counted(report.requests, 'request')} to arXiv for this day so far")
    if report.collect:
        terminal.show_outcomes("Posts", report.collect)
    found = await queries.ranking(s.archive, settings, RankingQuery(day))
    if found is not None:
        terminal.show_ranking(found)
    if report.day.state is DayState.OPEN:
        ends = utc(day_close.closes_at(day, settings))
        out.print(f"The day stays open. Its counting window ends {ends}.")
    nothing_counted = report.collect and _nobody_answered(report.collect)
    return report.collect if nothing_counted else report.harvest


def _plan(config: Config, clock: Clock, day: date | None) -> None:
    """``--dry-run``: the archive is not even opened."""
    chosen = _chosen(day, config, clock)
    out = terminal.console()
    reason = calendar.why_none(chosen, frozenset(config.settings.arxiv.deferred))
    if reason is not None:
        out.print(f"Would ask nothing: arXiv has no listing on {chosen}: {render(reason)}.")
        return
    out.print(f"Would harvest {chosen} in {', '.join(config.settings.arxiv.categories)}")
    asked = [networks.NAMES[network] for network in Network if _is_on(network, config)]
    out.print(f"Would ask {', '.join(asked) or 'no network'} for posts")


def _is_on(network: Network, config: Config) -> bool:
    """Switched on, and with its key where it cannot do without."""
    has_key = network is not Network.X or bool(config.secrets.x_bearer_token)
    return has_key and getattr(config.settings.sources, network.value).enabled


def _chosen(day: date | None, config: Config, clock: Clock) -> date:
    """Raises InputError for a day of which arXiv cannot have a listing yet, or never had one."""
    deferred = frozenset(config.settings.arxiv.deferred)
    newest = calendar.latest_mailed(clock.now(), deferred)
    if day is None:
        return calendar.latest_in_feed(clock.now(), deferred)
    if day > newest and not calendar.never_listed(day):
        raise InputError(f"There is no listing of {day} yet: the newest is that of {newest}.")
    refuse_before_arxiv(day)
    return day


def _fail_if_nobody_answered(outcomes: tuple[Outcome, ...]) -> None:
    if _nobody_answered(outcomes):
        raise click.exceptions.Exit(1)


def _nobody_answered(outcomes: _Outcomes) -> bool:
    """A part of an answer is a success that says what is missing; none at all is a failure.

    Who is switched off was not asked, and no answer of his is missing.
    """
    asked = [outcome for outcome in outcomes if outcome.status is not Status.OFF]
    failed = all(outcome.status is Status.FAILED for outcome in asked)
    return failed if asked else not outcomes


COMMANDS = (harvest, collect, daily)
