"""The root command: configuration, logging, and what an error looks like on a terminal."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from errno import EACCES, EDQUOT, EFBIG, EIO, ENOSPC, EPERM, EROFS
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

import bot
from bot.cli import context
from bot.errors import ConfigError, HotpapersError, InputError
from bot.messages.problems import words_of

# Where each command is, in the order in which a person meets them. A file is loaded only when its
# command is asked for: all of them with their libraries take most of a second.
COMMAND_MODULES = {
    "demo": "run",
    "init": "init",
    "run": "run",
    "doctor": "doctor",
    "status": "status",
    "commands": "run",
    "hot": "papers",
    "why": "papers",
    "search": "search",
    "paper": "papers",
    "rank": "rank",
    "daily": "pipeline",
    "harvest": "pipeline",
    "collect": "pipeline",
    "backfill": "backfill",
    "import": "import_export",
    "export": "import_export",
    "backup": "backup",
    "restore": "backup",
    "archive": "backup",
}


class LazyCommands(click.Group):
    """Finds a command by ``COMMAND_MODULES``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMAND_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMAND_MODULES:
            return None
        found: tuple[click.Command, ...] = import_module(
            f"bot.cli.{COMMAND_MODULES[cmd_name]}"
        ).COMMANDS
        return next(command for command in found if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """The command's exit code. Ends the process when something is wrong."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            wrong = ["The configuration cannot be used:", *(f"  {p}" for p in error.problems)]
            code = 2
        except HotpapersError as error:
            wrong, code = [words_of(error)], 2 if isinstance(error, InputError) else 1
        _tell(ctx.obj.addressed("\n".join(wrong)))
        sys.exit(code)


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The TOML file. Default: config.toml in this folder if it is there, else the defaults.",
)
@click.version_option(bot.__version__, prog_name="hotpapers")
@click.pass_context
def root(ctx: click.Context, config_file: Path | None) -> None:
    """The most talked-about papers of each arXiv mailing day, in Discord and here."""
    ctx.obj = context.Context(config_file)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, on ``sys.argv`` unless ``arguments`` are given.

    Ends the process. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
    """
    _bear_any_letters()
    try:
        code = root.main(arguments, prog_name="hotpapers", standalone_mode=False)
    except click.exceptions.Abort:
        _tell("Stopped.")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in _MACHINES:
            raise
        _tell(f"{error.filename or 'The output'} cannot be written: {error.strerror}.")
        if not error.filename:
            _forget_output()
        sys.exit(1)
    else:
        sys.exit(code if isinstance(code, int) else 0)


# What a machine refuses, whatever is written: no room, no right, a broken disk.
_MACHINES = frozenset({ENOSPC, EDQUOT, EFBIG, EROFS, EACCES, EPERM, EIO})


def _bear_any_letters() -> None:
    """A terminal or a pipe that cannot show a letter gets a question mark, and no failure."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_output() -> None:
    """What could not be written is not tried again at the end, as Python does."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _tell(wrong: str) -> None:
    from bot.text.truncate import calm  # only for what went wrong: no start waits for it

    width = shutil.get_terminal_size().columns if sys.stderr.isatty() else sys.maxsize
    for row in calm(wrong).split("\n"):
        click.echo(_between_words(row, width), err=True)


def _between_words(row: str, width: int) -> str:
    """A row that is too long, broken where no word is."""
    if len(row) <= width:
        return row
    indent = " " * (len(row) - len(row.lstrip()))
    return textwrap.fill(
        row, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
