"""Keeping and moving the archive: backup, restore, archive check."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot import moving, terminal, words
from bot.cli.context import Context, pass_context
from bot.moving import Plan
from bot.store.copies import Progress as Told


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_context
def backup(context: Context, file: Path) -> None:
    """One file with the archive and the configuration, also while the bot runs.

    Secrets are not in it.
    """
    config = context.config
    with _bar() as told:
        made = moving.backup(
            config.archive, config.file, file, now=context.clock.now(), progress=told
        )
    held = " and ".join(made.members)
    click.echo(f"{file}: {held}, {decimal(file.stat().st_size)}.")
    click.echo("Secrets are not in it; set them again where you restore it.")


@contextmanager
def _bar() -> Iterator[Told]:
    out = terminal.console()
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("Copying")
        yield lambda done, total: bar.update(task, completed=done, total=total)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and say what would be done.")
@pass_context
def restore(context: Context, file: Path, dry_run: bool) -> None:
    """The archive of a backup in the place of this one, which is kept aside."""
    plan = moving.restore(
        file, context.config.archive, context.file, now=context.clock.now(), dry_run=dry_run
    )
    _tell_found(plan)
    (_tell_plan if dry_run else _tell_done)(plan)


_HELD = {
    "papers": "paper",
    "days": "day",
    "blog_days": "imported day",
    "posts": "post",
    "rules": "digest rule",
    "deliveries": "message",
}


def _tell_found(plan: Plan) -> None:
    made, found = plan.manifest, plan.found
    at = terminal.moment(made.made_at)
    click.echo(f"The backup is whole. hotpapers {made.program} made it on {at}.")
    held = [words.counted(count, _HELD[table]) for table, count in found.counts.items()]
    newest = f"; newest day {found.newest_day}" if found.newest_day else ""
    click.echo(f"It holds {', '.join(held)}{newest}.")


def _tell_plan(plan: Plan) -> None:
    if plan.found.missing:
        steps = words.counted(len(plan.found.missing), "step")
        click.echo(f"Its archive is older and would be brought up to date by {steps}.")
    if plan.aside:
        click.echo(f"The archive that is there would be kept as {plan.aside}.")
    click.echo(f"The archive would go to {plan.archive}.")
    if plan.config:
        click.echo(f"Its configuration would go to {plan.config}.")
    click.echo("Nothing was changed.")


def _tell_done(plan: Plan) -> None:
    if plan.aside:
        click.echo(f"The archive that was there is kept as {plan.aside}.")
    click.echo(f"The archive is at {plan.archive}.")
    if plan.config:
        click.echo(f"Its configuration is at {plan.config}.")
    click.echo("Set the secrets, such as the Discord token, for this machine.")


COMMANDS = (backup, restore)
