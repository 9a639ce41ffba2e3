"""What every command shares: the configuration (loaded when first asked for) and the clock."""

import asyncio
import os
import re
from collections.abc import Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from bot import config as configuration
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.config import Config, logs
from bot.errors import ConfigError, UnreadableDate
from bot.messages.problems import words_of
from bot.parsing import lists

if TYPE_CHECKING:
    from bot.parsing import TypedDate

T = TypeVar("T")

# Starts the program's clock at an ISO 8601 instant, for rehearsals.
CLOCK_VARIABLE = "HOTPAPERS_CLOCK"
_YEARS = range(1991, 9001)  # arXiv began in 1991, and no sum of times leaves the calendar
DEFAULT_FILE = Path("config.toml")

# Commands for a terminal that JSON lets stand as they are, and what turns a line around.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Context:
    """Passed from the root command to the others."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._config: Config | None = None

    @property
    def file(self) -> Path:
        """Where the configuration is, or would be."""
        return self._file or DEFAULT_FILE

    @property
    def program(self) -> str:
        """How the program is called here, with the file that it was given."""
        from bot.output import terminal  # only for what is told: no start waits for it

        return terminal.program(self._file)

    def addressed(self, said: str) -> str:
        """Advice with the commands that it names as they are to be typed here."""
        from bot.output import terminal

        return terminal.addressed(said, self._file)

    @property
    def config(self) -> Config:
        """Raises ConfigError with every problem."""
        if self._config is None:
            file = self._file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
            self._config = configuration.load(file)
            logs.configure(self._config.settings.log.level, self._config.settings.log.format)
        return self._config

    @property
    def clock(self) -> Clock:
        start = os.environ.get(CLOCK_VARIABLE)
        if not start:
            return SystemClock()
        try:
            at = datetime.fromisoformat(start)
            if at.year in _YEARS:
                return ShiftedClock(at)
        except ValueError:
            pass
        raise ConfigError(
            [
                f"{CLOCK_VARIABLE}: {start!r} is not an ISO 8601 time with a zone, of the years "
                f"{_YEARS[0]} to {_YEARS[-1]}"
            ]
        )


pass_context = click.make_pass_decorator(Context)


class Typed(click.ParamType[str]):
    """A text for people's readers, cleaned as what is typed in Discord."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        from bot.text import clean_typed  # no start waits for it

        return clean_typed(str(value))


def _today(ctx: click.Context | None) -> date:
    shared = None if ctx is None else ctx.find_object(Context)
    return (shared.clock if shared else SystemClock()).now().date()


class ListingDate(click.ParamType[date]):
    """A day, as people type it in Discord."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        from bot import parsing  # no start waits for it
        from bot.text import clean_typed

        if isinstance(value, date):
            return value
        try:
            return parsing.parse(clean_typed(str(value)), _today(ctx))
        except UnreadableDate as error:
            self.fail(words_of(error), param, ctx)


class ListingSpan(click.ParamType["TypedDate"]):
    """A day, week, month or year, as people type it in Discord."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> "TypedDate":
        from bot import parsing  # no start waits for it
        from bot.text import clean_typed

        try:
            return parsing.parse_span(clean_typed(str(value)), _today(ctx))
        except UnreadableDate as error:
            self.fail(words_of(error), param, ctx)


date_option = click.option(
    "--date",
    "day",
    type=ListingDate(),
    help="The listing date that arXiv prints on the mailing, such as 2021-03-30 or yesterday.",
)
take_over_option = click.option(
    "--take-over",
    is_flag=True,
    help="Let the process that works on this archive end in order, then begin.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document.")


def run(job: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    return asyncio.run(job)


def patterns(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Canonical category patterns, of options that may name several each, as in Discord. Raises
    UnknownCategory with close matches."""
    return lists.categories(", ".join(texts))


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on standard output, and nothing else."""
    text = msgspec.json.format(msgspec.json.encode(document)).decode()
    # Bytes, as JSON is UTF-8 wherever it goes.
    click.echo(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode())
