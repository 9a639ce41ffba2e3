"""Keeping and moving the archive: backup, restore, archive check and tidy."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.filesize import decimal
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from bot.cli.context import Context, json_option, pass_context, print_json, run
from bot.clock import utc
from bot.config import Config
from bot.messages import common
from bot.output import terminal
from bot.output.terminal import say
from bot.problems import Problem
from bot.store import Archive, backup_file, integrity, retention, upkeep
from bot.store import backup as archive_copy
from bot.store.backup import Progress as Told
from bot.store.integrity import Checked
from bot.store.restore import Plan
from bot.store.restore import restore as restore_file
from bot.store.retention import Tidied
from bot.store.upkeep import Task


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace an older backup of this name.")
@pass_context
def backup(context: Context, file: Path, overwrite: bool) -> None:
    """The archive and the configuration in one file.

    It may be made while the bot runs. Secrets are not in it.
    """
    config, now = context.config, context.clock.now()
    with _bar() as told:
        made = backup_file.backup(
            config.archive, config.file, file, now=now, overwrite=overwrite, progress=told
        )
    held = " and ".join(made.members)
    say(f"{file}: {held}, {decimal(file.stat().st_size)}.")
    say("Secrets are not in it; set them again where you restore it.")


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
@click.option(
    "--accept-addresses",
    is_flag=True,
    help="Where there is no configuration, let the backup's send and write elsewhere than usual.",
)
@pass_context
def restore(context: Context, file: Path, dry_run: bool, accept_addresses: bool) -> None:
    """Put a backup in the place of this archive, which is kept aside."""
    config = context.config
    plan = restore_file(
        file,
        config.archive,
        context.file,
        now=context.clock.now(),
        settings=config.settings,
        dry_run=dry_run,
        accept_addresses=accept_addresses,
        tell=_tell_found,
    )
    (_tell_plan if dry_run else _tell_done)(plan)
    if not dry_run and not config.secrets.discord_token:
        say(f"Secrets are not in it: `{context.program} init` asks for the bot's token.")


_HELD = {
    "papers": "paper",
    "days": "day",
    "blog_days": "imported day",
    "posts": "post",
    "rules": "digest rule",
    "deliveries": "message",
}


def _tell_found(plan: Plan) -> None:
    found, target = plan.found, plan.target
    at = utc(plan.made_at)
    say(f"The backup is whole. hotpapers {plan.program} made it on {at}.")
    held = [common.counted(count, _HELD[table]) for table, count in found.counts.items()]
    newest = f"; newest day {backup_file.quoted(found.newest_day)}" if found.newest_day else ""
    say(f"It holds {', '.join(held)}{newest}.")
    if target.problems:
        say("Its configuration cannot be used as it is:")
    for problem in target.problems:
        say(f"  {problem}")
    if target.differing:
        say("Its configuration has other addresses or paths:")
    for one in target.differing:
        say(f"  {one.key}: {one.there} (here {one.here})")


def _tell_plan(plan: Plan) -> None:
    target = plan.target
    if plan.found.missing:
        steps = common.counted(len(plan.found.missing), "step")
        say(f"Its archive is older and would be brought up to date by {steps}.")
    if plan.aside:
        say(f"The archive that is there would be kept as {plan.aside}.")
    say(f"The archive would go to {target.archive}.")
    if target.config:
        say(f"Its configuration would go to {target.config}.")
    _tell_kept(plan)
    if target.unaccepted:
        say("Without --accept-addresses it is not restored with those addresses.")
    say("Nothing was changed.")


def _tell_done(plan: Plan) -> None:
    if plan.aside:
        say(f"The archive that was there is kept as {plan.aside}.")
    say(f"The archive is at {plan.target.archive}.")
    if plan.target.config:
        say(f"Its configuration is at {plan.target.config}.")
    _tell_kept(plan)


def _tell_kept(plan: Plan) -> None:
    if plan.kept and plan.target.config:
        say(f"{plan.kept} is another one and stays in force; compare the two.")
    elif plan.kept:
        say(f"{plan.kept} stays as it is.")
    elif plan.target.config and not plan.target.in_force:
        say("It is not in force: the archive's path in it is another machine's. Change that first.")


@click.group()
def archive() -> None:
    """The archive itself."""


@archive.command()
@click.option("--repair", is_flag=True, help="Make anew what is derived: totals and indexes.")
@json_option
@pass_context
def check(context: Context, repair: bool, as_json: bool) -> None:
    """Whether the archive is whole and its counts add up.

    Changes nothing but with --repair. May run beside the bot; with --repair it may not.
    """
    path = context.config.archive
    found = run(integrity.check_file(path))
    after = found
    if repair and integrity.problem_of(path, found):
        run(_repair(path))
        after = run(integrity.check_file(path))
    if repair:
        run(_note(path, integrity.problem_of(path, after), context.clock.now()))
    left = {checked.what for checked in after if checked.problems}
    mended = [c.what for c in found if c.problems and c.what not in left]
    if as_json:
        problems = {c.what: list(c.problems) for c in after}
        print_json({"whole": not left, "repaired": mended, "checks": problems})
    else:
        _tell_checked(found if not repair else _worst(found, after), mended)
        _tell_advice(context, after, repair=repair, mended=bool(mended))
    if left:
        raise click.exceptions.Exit(1)


async def _repair(path: Path) -> None:
    archive_copy.refuse_if_held(path)
    async with await Archive.open(path, create=False) as opened:
        await opened.write(integrity.repair)


async def _note(path: Path, problem: Problem | None, now: datetime) -> None:
    """The bot has found the same, or tells no more what it found before."""
    async with await Archive.open(path, create=False) as opened:
        await opened.write(upkeep.note, Task.CHECK, problem, now=now)


def _worst(before: Sequence[Checked], after: Sequence[Checked]) -> list[Checked]:
    """What is wrong now, and where nothing is, what was."""
    return [now if now.problems else then for then, now in zip(before, after, strict=True)]


def _tell_checked(found: Sequence[Checked], mended: Collection[str]) -> None:
    out = terminal.console()
    for checked in found:
        colour, said = ("red", "wrong") if checked.problems else ("green", "sound")
        if checked.what in mended:
            colour, said = "yellow", "mended"
        out.print(f"[{colour}]{said:6}[/]  {checked.what}")
        for problem in checked.problems:
            terminal.hung("        ", escape(problem), out)


def _tell_advice(context: Context, found: Sequence[Checked], *, repair: bool, mended: bool) -> None:
    def advise(advice: str) -> None:
        say(context.addressed(advice))

    wrong = [checked for checked in found if checked.problems]
    if wrong and not repair:
        advise("'hotpapers archive check --repair' makes anew what is derived.")
    if any(not checked.derived for checked in wrong) or (wrong and repair):
        rest = "What is wrong still" if repair else "The rest"
        advise(f"{rest} is in a backup alone: 'hotpapers restore FILE' puts one in place.")
    if not wrong:
        say(f"Nothing is wrong{' any more' if mended else ''}.")


@archive.command()
@pass_context
def tidy(context: Context) -> None:
    """Drop the texts of old posts, as the bot does every six hours. Ids and counts stay."""
    done = run(_tidy(context.config, context.clock.now()))
    days = context.config.settings.archive.text_days
    texts = common.counted(done.texts, "text")
    say(f"{texts} of posts older than {days} days dropped.")


async def _tidy(config: Config, now: datetime) -> Tidied:
    async with await Archive.open(config.archive, create=False) as opened:
        days = config.settings.archive.text_days
        return await opened.write(retention.tidy, text_days=days, now=now)


COMMANDS = (backup, restore, archive)
