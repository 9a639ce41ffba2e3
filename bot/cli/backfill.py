"""Past listing days: backfill."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path

import click
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from bot.cli.context import Context, ListingDate, pass_context, run
from bot.cli.no_listing import refuse_before_arxiv
from bot.clock import Clock
from bot.config import Config
from bot.container import records, services
from bot.errors import SourceError
from bot.messages import common
from bot.output import terminal
from bot.pipeline.backfill import Backfill, Progress, Summary, in_process, in_thread
from bot.pipeline.backfill.job import Report

# So many days are worth a process of their own for reading their records.
_MANY_DAYS = 60


@click.command()
@click.argument("start", metavar="FROM", type=ListingDate())
@click.argument("end", metavar="TO", type=ListingDate())
@click.option(
    "--snapshot",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="arXiv's metadata file from Kaggle (JSON lines, zipped or not), read instead of arXiv.",
)
@pass_context
def backfill(context: Context, start: date, end: date, snapshot: Path | None) -> None:
    """The papers of past listing days. Killed at any time, it goes on where it was."""
    if end < start:
        raise click.UsageError(f"{start} is after {end}: give the earlier date first")
    refuse_before_arxiv(start)
    try:
        found = run(_backfill(context.config, context.clock, start, end, snapshot))
    except SourceError:
        click.echo("What came is stored. The same command goes on from there.", err=True)
        raise
    _show(found)


async def _backfill(
    config: Config, clock: Clock, start: date, end: date, snapshot: Path | None
) -> Summary:
    many = snapshot is not None or (end - start).days >= _MANY_DAYS
    async with services(config, clock) as s:
        with _shown() as report, in_process() if many else nullcontext(in_thread) as elsewhere:
            job = Backfill(
                archive=s.archive, settings=config.settings, clock=clock, elsewhere=elsewhere
            )
            if snapshot is not None:
                return await job.from_snapshot(snapshot, start, end, report)
            return await job.from_oai(records(config, s.http, clock), start, end, report)


@contextmanager
def _shown() -> Iterator[Report]:
    """A bar, where there is a terminal to draw it on."""
    out = terminal.console()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[papers]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("backfill", total=1.0, papers="")

        def report(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                description=progress.doing,
                papers=common.counted(progress.papers, "paper"),
            )

        yield report


def _show(found: Summary) -> None:
    out = terminal.console()
    out.print(
        f"{common.counted(found.days, 'listing day')} from {found.first} to {found.last}: "
        f"{common.counted(found.records, 'record')} read, "
        f"{common.counted(found.papers, 'paper')} new in the archive, "
        f"{found.corrected:,} dated by their neighbours."
    )
    if found.left_out:
        out.print(f"[yellow]{common.counted(found.left_out, 'record')} could not be read.[/]")


COMMANDS = (backfill,)
