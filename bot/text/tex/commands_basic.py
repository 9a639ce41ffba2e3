"""Commands every text has: accents, letters, symbols, and those nobody knows."""

import re

from bot.text.tex.accents import LETTERS, accented, composes
from bot.text.tex.reader import Reader
from bot.text.tex.scripts import SCRIPT_CHARACTERS
from bot.text.tex.symbols import BINARIES, RELATIONS, is_operator

# Control symbols that print something other than their own character.
_CONTROL = {"|": "‖", "/": "", "-": "", "!": "", "@": "", ",": " ", ";": " ", ":": " ", ">": " "}
_CLOSERS = frozenset("⟩⌉⌋")
_ORDINARY_NEXT = re.compile(r"\s+(?:[A-Za-z](?![A-Za-z])|[\\_^'])")
_BRACKET_NEXT = re.compile(r"\s+(?:[(\[]|\\left|\\[bB]ig|\\\{)")
_ACCENTED_LETTER = re.compile(r"\\(?:i|j|ae|AE|oe|o|O|l|L|aa)(?![A-Za-z])")
_LITERAL_AFTER = re.compile(r"[A-Za-z0-9:/]")
_LINE_SKIP = re.compile(r"\*?(?:\[\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in)\s*\])?")
_COMBINING = "\u0300\u0301\u0302\u0303\u0304\u0307\u0308"


def unknown(reader: Reader, name: str) -> None:
    """Shows the arguments when there are any, else the name; a backslash in prose stays."""
    literal = is_literal(reader, name)
    shown = []
    while reader.at_group():
        shown.append(reader.argument())
    if any(shown):
        reader.line.put(" ".join(filter(None, shown)))
    elif reader.math and len(name) > 1:
        reader.line.operator(name)
    elif literal:
        reader.line.put(f"\\{name}")
    else:
        reader.line.put(name)


def is_literal(reader: Reader, name: str) -> bool:
    r"""Whether ``\name``, just read, is part of something like C:\name or A\B."""
    before = reader.pos - len(name) - 2
    return not reader.math and before >= 0 and bool(_LITERAL_AFTER.match(reader.text, before))


def control(reader: Reader, name: str) -> None:
    r"""``\%``, ``\,``, ``\\``, ``\(`` and their kind; an unmatched ``\(`` is a parenthesis."""
    start = reader.pos - 2
    if start in reader.source.math:
        reader.pos = start
        reader.formula()
    elif name == "\\":
        _line_break(reader)
    else:
        reader.line.put(" " if name.isspace() else _CONTROL.get(name, name))


def _line_break(reader: Reader) -> None:
    skip = _LINE_SKIP.match(reader.text, reader.pos, reader.end)
    reader.pos = skip.end() if skip else reader.pos
    if reader.aligned:
        reader.line.trim()
    reader.line.put("; " if reader.aligned else " ")


def symbol(reader: Reader, name: str, shown: str) -> None:
    """Writes what a symbol's command shows, with the room that its kind has in a formula."""
    if is_operator(name):
        reader.line.operator(shown)
        if _BRACKET_NEXT.match(reader.text, reader.pos, reader.end):
            reader.skip_spaces()
    elif shown in RELATIONS or name == "mid":
        reader.line.relation(shown)
    elif shown in BINARIES:
        reader.binary(shown)
    else:
        _ordinary(reader, shown)
    reader.skip_empty_group()


def _ordinary(reader: Reader, shown: str) -> None:
    if shown in _CLOSERS:
        reader.line.trim()
    reader.line.put(shown)
    joins = _ORDINARY_NEXT.match(reader.text, reader.pos, reader.end)
    if (joins and reader.math) or reader.text.startswith(" -", reader.pos):
        reader.skip_spaces()


def letter(reader: Reader, name: str) -> None:
    r"""``\L``, ``\o``: TeX eats the space after them, so that "\L odz" is one word."""
    reader.line.put(LETTERS[name])
    if not reader.skip_empty_group():
        reader.skip_spaces()


def accent(reader: Reader, name: str) -> None:
    r"""``\'e``, ``\'{e}``, ``\'\i``; a stray backslash as in "don\'t" leaves the quote."""
    if reader.at_group() or _ACCENTED_LETTER.match(reader.text, reader.pos, reader.end):
        base = reader.argument().strip()
        reader.line.put(accented(name, base) if base[:1].isalpha() else name + base)
    elif reader.peek().isalpha() and composes(name, reader.peek()):
        reader.line.put(accented(name, reader.peek()))
        reader.pos += 1
    else:
        reader.line.put(name)


def letter_accent(reader: Reader, name: str) -> None:
    r"""``\v{c}``, ``\H o``; authors also define such short names for something else."""
    start, braced = reader.pos, reader.at_group()
    base = reader.argument().strip() if braced or not reader.math else ""
    if base[:1].isalpha() and (braced or composes(name, base)):
        reader.line.put(accented(name, base))
    else:
        reader.pos = start
        unknown(reader, name)


def math_accent(reader: Reader, name: str) -> None:
    r"""``\hat{x}``; over more than one symbol there is no such accent in Unicode."""
    base = reader.argument()
    rest = base[1:].strip(_COMBINING)
    single = not base[:1].isspace() and all(each in SCRIPT_CHARACTERS for each in rest)
    reader.line.put(accented(name, base) if single else base)
