"""A day that is not in the archive: rightly, or with its mend."""

from datetime import date, datetime

import click

from bot.arxiv import calendar
from bot.cli.context import print_json
from bot.config import Config
from bot.errors import HotpapersError, InputError
from bot.messages import cards, common
from bot.messages.problems import render
from bot.models import Period, RankingQuery
from bot.output import json
from bot.problems import Problem
from bot.queries import Nearest
from bot.queries.periods import FIRST_DAY, period_bounds


def refuse_before_arxiv(day: date) -> None:
    """Raises InputError for a day before arXiv's first."""
    if day < FIRST_DAY:
        raise InputError(f"arXiv began on {FIRST_DAY}; there is no listing of {day}.")


def why_no_listing(day: date, config: Config, now: datetime) -> Problem:
    """Why arXiv had no listing on ``day``.

    Raises HotpapersError when it had one, or will have: then the day is missing; InputError for a
    day before arXiv.
    """
    refuse_before_arxiv(day)
    deferred = frozenset(config.settings.arxiv.deferred)
    reason = calendar.why_none(day, deferred)
    if reason is None:
        if day > calendar.latest_mailed(now, deferred):
            raise HotpapersError(f"There is no listing of {day} yet.")
        command = (
            f"daily --date {day}"
            if now.date() - day < calendar.SAFE_REACH
            else f"backfill {day} {day}"
        )
        raise HotpapersError(f"{day} is not in the archive. 'hotpapers {command}' harvests it.")
    return reason


def show_no_ranking(
    query: RankingQuery, nearest: Nearest, config: Config, now: datetime, *, as_json: bool
) -> None:
    """Nothing of the period is in the archive: a day as ``show_no_listing`` has it, of a longer one
    also what is nearest."""
    start, end = period_bounds(query.day, query.period)
    if query.period is Period.DAY and query.era is None:
        show_no_listing(query.day, config, now, as_json=as_json)
        return
    refuse_before_arxiv(end)
    said = cards.not_held(start, end, query.period, query.era)
    if as_json:
        print_json(json.not_held(query, start, end, said, nearest))
    else:
        days = [common.day(day) for day in nearest if day]
        also = f" {cards.in_the_archive(len(days))} {common.listed(days)}." if days else ""
        click.echo(f"{said}{also}")


def show_no_listing(day: date, config: Config, now: datetime, *, as_json: bool) -> None:
    """A day that is rightly empty is an answer; one that is missing is a failure, with its mend."""
    reason = why_no_listing(day, config, now)
    if as_json:
        print_json(json.no_listing(day, reason))
    else:
        verb = "had" if day <= now.date() else "has"
        click.echo(f"arXiv {verb} no listing on {day}: {render(reason)}.")
