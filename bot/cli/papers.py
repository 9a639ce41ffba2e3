"""What can be asked of the archive: hot, why, search, paper."""

from datetime import date

import click

from bot import queries
from bot.arxiv import ids
from bot.cli.context import (
    Context,
    ListingSpan,
    Typed,
    date_option,
    json_option,
    pass_context,
    patterns,
    print_json,
    run,
)
from bot.cli.no_listing import show_no_ranking
from bot.config import Config
from bot.config.validation import LARGEST
from bot.errors import HotpapersError
from bot.models import Era, Period, Ranking, RankingQuery
from bot.output import json, terminal
from bot.parsing import TypedDate
from bot.queries import Nearest, PaperView
from bot.store import Archive


@click.command()
@click.option(
    "--date",
    "typed",
    type=ListingSpan(),
    help="A listing day, or a span: 2021-03-30, 'last tue', 'july 2020', 'last week', latest.",
)
@click.option(
    "--period",
    type=click.Choice([period.value for period in Period]),
    help="The span of listing days that holds the date. Default: what the date says, else day.",
)
@click.option(
    "--category", "-c", "categories", type=Typed(), multiple=True,
    help="Such as cs.CL, cond-mat.* or -cs.CV for without it.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(1, LARGEST), help="At most so many papers.")
@click.option(
    "--min-score", type=click.FloatRange(0, LARGEST),
    help="Only papers with at least this score; 0 for all of the day.  [default: the bar]",
)  # fmt: skip
@click.option(
    "--era",
    type=click.Choice([era.value for era in Era]),
    help="Of a span with days of several the days that were counted so.  [default: the most]",
)
@json_option
@pass_context
def hot(
    context: Context,
    typed: TypedDate | None,
    period: str | None,
    categories: tuple[str, ...],
    top: int | None,
    min_score: float | None,
    era: str | None,
    as_json: bool,
) -> None:
    """The ranking of a day or a longer period."""
    config = context.config
    canonical = patterns(categories)
    day, span = typed or (None, None)
    asked = Period(period) if period else span or Period.DAY

    async def ask() -> tuple[RankingQuery, Ranking | None, Nearest]:
        async with await Archive.open(config.archive, create=False) as archive:
            chosen = day or await queries.newest_day(archive)
            if chosen is None:
                raise HotpapersError(
                    "The archive has no day with papers yet. Try 'hotpapers daily'."
                )
            query = RankingQuery(
                chosen, asked, canonical, top, Era(era) if era else None, min_score
            )
            found = await queries.ranking(archive, config.settings, query)
            return query, found, await queries.nearest(archive, query)

    query, found, nearest = run(ask())
    if found is None:
        show_no_ranking(query, nearest, config, context.clock.now(), as_json=as_json)
    elif as_json:
        print_json(json.ranking(found))
    else:
        terminal.show_ranking(found)


@click.command()
@click.argument("paper", type=Typed())
@date_option
@json_option
@pass_context
def why(context: Context, paper: str, day: date | None, as_json: bool) -> None:
    """The parts of a paper's score; they add up to it."""
    view = run(_paper(context.config, paper, day))
    if as_json:
        print_json(json.why(view))
    else:
        terminal.show_why(view)


@click.command("paper")
@click.argument("paper", type=Typed())
@json_option
@pass_context
def one_paper(context: Context, paper: str, as_json: bool) -> None:
    """One paper, by its id or any link to it."""
    view = run(_paper(context.config, paper, None))
    if as_json:
        print_json(json.paper_view(view))
    else:
        terminal.show_paper(view)


async def _paper(config: Config, text: str, day: date | None) -> PaperView:
    arxiv_id = ids.normalise(text)
    async with await Archive.open(config.archive, create=False) as archive:
        view = await queries.paper(archive, config.settings, arxiv_id)
    if view is None:
        raise HotpapersError(f"{arxiv_id} is not in the archive.")
    if day is not None and day not in [listed for listed, _ in view.listed]:
        days = ", ".join(str(listed) for listed, _ in view.listed) or "no day"
        raise HotpapersError(f"{arxiv_id} was not listed on {day}; the archive has it on {days}.")
    return view


COMMANDS = (hot, why, one_paper)
