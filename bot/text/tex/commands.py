"""Which command does what."""

from bot.text.tex import formulas, prose
from bot.text.tex.accents import LETTERS, MARKS
from bot.text.tex.commands_basic import (
    accent,
    control,
    is_literal,
    letter,
    letter_accent,
    symbol,
    unknown,
)
from bot.text.tex.reader import Command, Reader
from bot.text.tex.symbols import symbols

# By what has to follow, so that a word after a stray backslash stays a word: nothing, an
# argument in braces or without, or an argument in braces (an [option] may come before it).
_ANYWHERE: dict[str, Command] = {**formulas.ANYWHERE, **prose.ANYWHERE}
_WITH_ARGUMENT: dict[str, Command] = {**formulas.WITH_ARGUMENT, **prose.WITH_ARGUMENT}
_WITH_GROUP: dict[str, Command] = {**formulas.WITH_GROUP, **prose.WITH_GROUP}


def run(reader: Reader, name: str) -> None:
    r"""Carries out ``\name``, which ``reader`` has just passed; "" is a backslash at the end."""
    if not name:
        reader.line.put("\\")
    elif name.isascii() and name.isalpha():
        _named(reader, name)
    elif name in MARKS:
        accent(reader, name)
    else:
        control(reader, name)


def _named(reader: Reader, name: str) -> None:
    if reader.peek(2) == "*{":
        reader.pos += 1
    command = _command(reader, name)
    shown = symbols().get(name)
    if command:
        command(reader, name)
    elif len(name) == 1 and name in MARKS:
        letter_accent(reader, name)
    elif name in LETTERS:
        letter(reader, name)
    elif shown is None or (len(name) == 1 and is_literal(reader, name)):
        unknown(reader, name)
    else:
        symbol(reader, name, shown)


def _command(reader: Reader, name: str) -> Command | None:
    if name in _ANYWHERE:
        return _ANYWHERE[name]
    if name in _WITH_ARGUMENT and reader.has_argument():
        return _WITH_ARGUMENT[name]
    grouped = reader.at_arguments()
    if name.startswith("cite") and grouped:
        return prose.cite
    return _WITH_GROUP.get(name) if grouped else None
