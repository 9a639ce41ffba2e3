"""Past days in and out: import, export."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import history, terminal, words
from bot.cli.context import Context, ListingDate, pass_context, run
from bot.config import Config
from bot.errors import HotpapersError
from bot.history import Format, Taken
from bot.models import Era
from bot.store import Archive
from bot.store.blogs import Saved


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
    """Posts of the old Hot Papers blog, files or folders, into the archive as they are.

    What is there already stays; a post that breaks the format is refused whole and named.
    """
    files, others = history.posts_in(paths)
    results = run(_import(context, files))
    _tell(results, others)
    if history.refused(results) or not files:
        raise click.exceptions.Exit(1)


async def _import(context: Context, files: Sequence[Path]) -> list[Taken]:
    results = []
    with _bar() as bar:
        task = bar.add_task("Importing", total=len(files))
        async with await Archive.open(context.config.archive) as archive:
            async for taken in history.take(archive, files, now=context.clock.now()):
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
    for taken in history.refused(results):
        click.echo(f"{taken.file}: {taken.refusal}", err=True)
    came = {kind: [r for r in results if r.saved is kind] for kind in (*Saved, None)}
    new = came[Saved.NEW]
    papers = words.counted(sum(r.papers for r in new), "paper")
    said = [f"{words.counted(len(new), 'day')} imported with {papers}"]
    said += [f"{len(came[Saved.REPLACED]):,} replaced"] * bool(came[Saved.REPLACED])
    said += [f"{len(came[Saved.UNCHANGED]):,} there already"] * bool(came[Saved.UNCHANGED])
    said += [f"{len(came[None]):,} refused"] * bool(came[None])
    said += [f"{words.counted(len(others), 'other file')} left alone"] * bool(others)
    click.echo("; ".join(said) + ".")


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
    files = run(_files(context.config, first, last, Format(form), Era(era) if era else None))
    if day is None and form == Format.MARKDOWN:
        folder = path or Path()
        for name, text in files.items():
            history.put(folder / name, text)
        click.echo(f"{words.counted(len(files), 'post')} written to {folder.resolve()}.", err=True)
        return
    ((name, text),) = files.items()
    if path is None:
        click.echo(text, nl=False)
    else:
        history.put(path / name if path.is_dir() else path, text)


def _span(day: date | None, start: date | None, end: date | None) -> tuple[date, date]:
    if day is not None and start is None and end is None:
        return day, day
    if day is not None or start is None or end is None:
        raise click.UsageError("Give --date D, or --from D and --to D.")
    if start > end:
        raise click.UsageError(f"--from {start} is after --to {end}.")
    return start, end


async def _files(
    config: Config, first: date, last: date, form: Format, era: Era | None
) -> dict[str, str]:
    """What to write, by the names of the files."""
    async with await Archive.open(config.archive, create=False) as archive:
        days = await history.days_of(archive, first, last, era)
        if not days:
            span = f"from {first} to {last}" if first < last else f"{first}"
            raise HotpapersError(f"The archive has no day {span}{f' of {era}' if era else ''}.")
        if form is Format.MARKDOWN:
            return await history.posts(archive, config.settings, days, era)
        found = await history.rankings(archive, config.settings, days, era)
    return {history.file_name(first, last, form): history.text_of(found, form, first, last)}


COMMANDS = (import_posts, export)
