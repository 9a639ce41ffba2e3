"""Past days in and out: import, export."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli import day_files
from bot.cli.context import Context, ListingDate, pass_context, print_json, run
from bot.cli.day_files import Format, Taken
from bot.cli.no_listing import why_no_listing
from bot.config import Config
from bot.errors import HotpapersError
from bot.messages import common
from bot.messages.problems import render
from bot.models import Era
from bot.output import json, terminal
from bot.output.terminal import say
from bot.store import Archive
from bot.store.blogs import Saved
from bot.text.truncate import calm


@click.command("import")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH...",
)
@pass_context
def import_posts(context: Context, paths: tuple[Path, ...]) -> None:
    """Posts of the old Hot Papers blog into the archive, as they are.

    A PATH is a file or a folder.
    What is there already stays; a post that breaks the format is refused whole and named.
    """
    files, others = day_files.posts_in(paths)
    results = run(_import(context, files))
    _tell(results, others)
    if not files:
        click.echo("No post of the old blog is there.", err=True)
    if day_files.refused(results) or not files:
        raise click.exceptions.Exit(1)


async def _import(context: Context, files: Sequence[Path]) -> list[Taken]:
    results = []
    with _bar() as bar:
        task = bar.add_task("Importing", total=len(files))
        async with await Archive.open(context.config.archive) as archive:
            async for taken in day_files.take(archive, files, now=context.clock.now()):
                results.append(taken)
                bar.advance(task)
    return results


def _bar() -> Progress:
    """A progress bar on a terminal, and nothing elsewhere. It goes when the work is done."""
    out = terminal.console()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(
        *columns, TimeRemainingColumn(), console=out, transient=True, disable=not out.is_terminal
    )


def _tell(results: Sequence[Taken], others: Sequence[Path]) -> None:
    for taken in day_files.refused(results):
        say(f"{taken.file}: {taken.refusal}", err=True)
    came = {kind: [r for r in results if r.saved is kind] for kind in (*Saved, None)}
    new = came[Saved.NEW]
    papers = common.counted(sum(r.papers for r in new), "paper")
    said = [f"{common.counted(len(new), 'day')} imported with {papers}"]
    said += [f"{len(came[Saved.REPLACED]):,} replaced"] * bool(came[Saved.REPLACED])
    said += [f"{len(came[Saved.UNCHANGED]):,} there already"] * bool(came[Saved.UNCHANGED])
    said += [f"{len(came[None]):,} refused"] * bool(came[None])
    said += [f"{common.counted(len(others), 'other file')} left alone"] * bool(others)
    say("; ".join(said) + ".")


@click.command()
@click.option("--date", "day", type=ListingDate(), help="One listing day.")
@click.option("--from", "start", type=ListingDate(), help="The first day of several.")
@click.option("--to", "end", type=ListingDate(), help="The last day of several.")
@click.option(
    "--format", "form", type=click.Choice([form.value for form in Format]), required=True,
    help="Markdown is the old blog's form.",
)  # fmt: skip
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path),
    help="A file; for several days in Markdown a folder. Default: standard output, or this folder.",
)  # fmt: skip
@click.option(
    "--era", type=click.Choice([era.value for era in Era]),
    help="Whose counts, where a day has the old blog's and ours. Default: the day's own.",
)  # fmt: skip
@pass_context
def export(
    context: Context,
    day: date | None,
    start: date | None,
    end: date | None,
    form: str,
    path: Path | None,
    era: str | None,
) -> None:
    """Days of the archive as the blog's Markdown, JSON, CSV or BibTeX."""
    first, last = _span(day, start, end)
    made = run(_made(context.config, first, last, Format(form), Era(era) if era else None))
    if not made.days:
        _tell_none(context, first, last, era, as_json=form == Format.JSON)
    elif day is None and form == Format.MARKDOWN:
        folder = path or Path()
        for name, text in made.files.items():
            day_files.put(folder / name, text)
        say(f"{made} written to {folder.resolve()}.", err=True)
    else:
        ((name, text),) = made.files.items()
        _give(text, None if path is None else path / name if path.is_dir() else path, made)


@dataclass(frozen=True, slots=True)
class _Made:
    """Texts by the names of their files, and what is in them."""

    files: dict[str, str]
    days: Sequence[date] = ()
    papers: int = 0

    def __str__(self) -> str:
        span = f"{self.days[0]}"
        if len(self.days) > 1:
            span = f"{common.counted(len(self.days), 'day')} from {self.days[0]} to {self.days[-1]}"
        return f"{common.counted(self.papers, 'paper')} of {span}"


def _give(text: str, file: Path | None, made: _Made) -> None:
    """Into the file, else to standard output; and say so where it does not get in between."""
    if file is None:
        # To a pipe as bytes, from which click drops nothing.
        click.echo(calm(text) if sys.stdout.isatty() else text.encode(), nl=False)
        say(f"{made}.", err=True)
    else:
        day_files.put(file, text)
        say(f"{made} written to {file}.")


def _tell_none(
    context: Context, first: date, last: date, era: str | None, *, as_json: bool
) -> None:
    """A day without a listing is an answer; otherwise raises HotpapersError."""
    if first < last or era:
        span = f"from {first} to {last}" if first < last else f"{first}"
        raise HotpapersError(f"The archive has no day {span}{f' of {era}' if era else ''}.")
    reason = why_no_listing(first, context.config, context.clock.now())
    if as_json:
        print_json(json.no_listing(first, reason))
    say(f"arXiv had no listing on {first}: {render(reason)}. Nothing is written.", err=True)


def _span(day: date | None, start: date | None, end: date | None) -> tuple[date, date]:
    if day is not None and start is None and end is None:
        return day, day
    if day is not None or start is None or end is None:
        raise click.UsageError("Give --date D, or --from D and --to D.")
    if start > end:
        raise click.UsageError(f"--from {start} is after --to {end}.")
    return start, end


async def _made(config: Config, first: date, last: date, form: Format, era: Era | None) -> _Made:
    async with await Archive.open(config.archive, create=False) as archive:
        days = await day_files.days_of(archive, first, last, era)
        if not days:
            return _Made({})
        found = await day_files.rankings(archive, config.settings, days, era)
        if form is Format.MARKDOWN:
            files = await day_files.posts(archive, config.settings, days, era)
        else:
            text = day_files.text_of(found, form, first, last)
            files = {day_files.file_name(first, last, form): text}
    return _Made(files, days, sum(len(ranking.papers) for ranking in found))


COMMANDS = (import_posts, export)
