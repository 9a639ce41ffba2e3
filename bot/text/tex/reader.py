"""Reads TeX as people write it in titles and abstracts, and writes it in Unicode.

This is not TeX: ``%``, ``&``, ``#`` and a lone ``$``, ``{`` or ``}`` stand for themselves, and
an unknown command shows its argument or its name. pylatexenc gives the symbols but not the
parser: its parser follows TeX where prose does not (text after ``%`` is gone), and takes some
3 ms for an abstract where a backfill has 0.2 ms.
"""

import re
from bisect import bisect_right
from collections.abc import Callable

from bot.text.tex.delimiters import paired
from bot.text.tex.symbols import SCRIPT_CHARACTERS, script, symbols

_PLAIN = re.compile(r"[^\\{}$^_&~`'\-]+")
_MATH_PLAIN = re.compile(r"[^\\{}$^_&~']+")
_COMMAND = re.compile(r"\\([A-Za-z]+|[\s\S]?)")
_URL = re.compile(r"(?:https?://|www\.)(?:[^\s{}\\$<>\"'`^]|\\[_%#&~])+")
_POWER = re.compile(r"(?:-?\d+|[A-Za-z])(?![\w^{\\])")
_LOOSE_SPACE = re.compile(r"(?<![A-Za-z]) +| +(?![A-Za-z])")
_OPERAND = re.compile(r"\s*(?!\s|[)\]},.;:|$&]|\\(?:right|end|\||\}|rangle|rvert|rfloor))[\s\S]")
_ARGUMENT = re.compile(r"\s*(?:\d|[^\W\d_](?![A-Za-z])|\\[A-Za-z'`^\"~=.])")
# A word after a bare mark is not TeX: V_max is meant to be read so.
_WORD_NEXT = re.compile(r"\s*[A-Za-z]{3,}")
_SEPARATOR = re.compile(r"left|right|[bB]ig|q?quad|end|mid")
_LOPSIDED = re.compile(r"(?<=[^\s<>=:!])(?: ([=<>≤≥])(?=[^\s=<>])|([=<>≤≥]) (?=\S))")
_QUOTED = re.compile(r"`(\w[^`'\n]{0,80})'(?!['\w])")

_CLOSING = frozenset(")]},.;:!?|‖⟩⌉⌋′″ \n")
_OPERAND_ENDS = frozenset(")]}⟩⌉⌋!…⋯∞") | SCRIPT_CHARACTERS


Command = Callable[["Reader", str], None]


class Source:
    """A text with what is known of all of it; ``run`` carries out one command for a reader.

    ``dropped`` collects what commands leave out on purpose, such as labels and colours.
    """

    def __init__(self, text: str, run: Command) -> None:
        self.text = text
        self.run = run
        self.braces, self.math = paired(text)
        self.dropped: list[str] = []
        self._links = [match.span() for match in _URL.finditer(text)]

    def in_link(self, position: int) -> bool:
        index = bisect_right(self._links, (position, len(self.text) + 1)) - 1
        return index >= 0 and position < self._links[index][1]


class Line:
    """Text written piece by piece. ``tight``: signs get no room, as in a superscript.

    A sign may ask for room after it. Whether it gets a space shows with the next piece: "any"
    piece but a closing one, or only a "word".
    """

    def __init__(self, *, tight: bool) -> None:
        self.tight = tight
        self._pieces: list[str] = []
        self._room = ""

    def take(self) -> str:
        """What was written so far; empties the line."""
        written = "".join(self._pieces)
        self._pieces.clear()
        self._room = ""
        return written

    def last(self) -> str:
        """The last character written, or ""."""
        return self._pieces[-1][-1] if self._pieces else ""

    def put(self, text: str) -> None:
        """Writes ``text`` after the room that what stands before it asks for."""
        if not text:
            return
        if (self._room == "any" and text[0] not in _CLOSING) or (
            self._room == "word" and text[0].isalnum()
        ):
            self._pieces.append(" ")
        self._room = ""
        self._pieces.append(text)

    def attach(self, text: str) -> None:
        """Writes ``text`` close to what stands before it; room asked for comes after it."""
        if text:
            self._pieces.append(text)

    def trim(self) -> None:
        """Takes back spaces written last."""
        while self._pieces:
            kept = self._pieces[-1].rstrip(" ")
            if kept:
                self._pieces[-1] = kept
                return
            self._pieces.pop()

    def ends_operand(self) -> bool:
        """Whether a number, a letter or a closing bracket was written last, spaces aside."""
        left = "".join(self._pieces).rstrip()[-1:]
        return bool(left) and (left.isalnum() or left in _OPERAND_ENDS)

    def relation(self, sign: str) -> None:
        """Writes ``sign`` with room on both sides when something stands before it."""
        if not self._pieces or self.tight:
            self.attach(sign)
            return
        self.trim()
        self.attach(f" {sign}")
        self.room()

    def operator(self, word: str) -> None:
        """Writes an upright word such as "log" with room between it and letters or digits."""
        if self.last().isalnum() or self.last() in _OPERAND_ENDS:
            self._room = "any"
        self.put(word)
        self._room = "word"

    def room(self) -> None:
        """Asks for a space before the next piece, unless that is a closing one."""
        self._room = "any"


class Reader:
    """Renders ``source.text[pos:end]`` to ``line``; a group or argument gets its own reader.

    ``math``: between math delimiters. ``tight``: in a script, without room around relations.
    ``aligned``: in a matrix or alignment, where ``&`` and ``\\\\`` separate cells. ``inner``:
    not at the top of the text.
    """

    def __init__(
        self,
        source: Source,
        pos: int,
        end: int,
        *,
        math: bool = False,
        tight: bool = False,
        aligned: bool = False,
        inner: bool = True,
    ) -> None:
        self.source = source
        self.text = source.text
        self.pos = pos
        self.end = end
        self.math = math
        self.tight = tight
        self.aligned = aligned
        self.inner = inner
        self.line = Line(tight=tight)

    def render(self) -> str:
        """All of the range, with the spaces at its ends."""
        while self.pos < self.end:
            self.step()
        return self.line.take()

    def step(self) -> None:
        """One run of ordinary characters, or one thing that is not ordinary."""
        run = (_MATH_PLAIN if self.math else _PLAIN).match(self.text, self.pos, self.end)
        if run:
            self.pos = run.end()
            loose = self.tight and self.math
            self.line.put(_LOOSE_SPACE.sub("", run[0]) if loose else run[0])
            return
        mark = self.text[self.pos]
        if mark != "\\" and self.source.in_link(self.pos):
            self.literal(mark)
        else:
            _STEPS[mark](self, mark)

    # What commands read

    def peek(self, length: int = 1) -> str:
        """The next characters, fewer at the end of the range."""
        return self.text[self.pos : min(self.pos + length, self.end)]

    def literal(self, mark: str) -> None:
        """Writes what stands at ``pos`` as it is."""
        self.pos += len(mark)
        self.line.put(mark)

    def skip_spaces(self) -> None:
        while self.pos < self.end and self.text[self.pos].isspace():
            self.pos += 1

    def at_group(self) -> bool:
        """Whether a group with both braces begins right here."""
        return self.pos in self.source.braces and self.pos < self.end

    def at_arguments(self) -> bool:
        """Whether a group begins here, perhaps after ``[options]``."""
        after = self.pos
        while self.text.startswith("[", after) and "]" in self.text[after : self.end]:
            after = self.text.index("]", after) + 1
        return after in self.source.braces and after < self.end

    def skip_empty_group(self) -> bool:
        """Passes a ``{}`` that ends a command's name; whether there was one."""
        is_there = self.peek(2) == "{}"
        self.pos += 2 * is_there
        return is_there

    def has_argument(self) -> bool:
        """Whether what follows can be an argument: in prose, not the beginning of a word."""
        after = self.pos
        while after < self.end and self.text[after].isspace():
            after += 1
        if self.math or after in self.source.braces:
            return after < self.end
        return bool(_ARGUMENT.match(self.text, self.pos, self.end))

    def has_operand(self) -> bool:
        """Whether something follows that can be the right side of a sign."""
        return bool(_OPERAND.match(self.text, self.pos, self.end))

    def argument(self, *, math: bool | None = None, tight: bool | None = None) -> str:
        """The next argument rendered: a group, one command or one character; "" at the end."""
        self.skip_spaces()
        math = self.math if math is None else math
        tight = self.tight if tight is None else tight
        if self.at_group():
            start, close = self.pos + 1, self.source.braces[self.pos]
            self.pos = close + 1
            return Reader(self.source, start, close, math=math, tight=tight).render()
        one = Reader(self.source, self.pos, self.end, math=math, tight=tight)
        if self.peek() in _STEPS:
            one.step()
        else:
            one.literal(self.peek())
        self.pos = one.pos
        while self.text[self.pos - 1] == " ":  # A command may have eaten it: "∇_θ J".
            self.pos -= 1
        return one.line.take()

    def raw(self) -> str:
        """The source of the next argument, without braces."""
        self.skip_spaces()
        start = self.pos
        if self.at_group():
            self.pos = self.source.braces[start] + 1
            return self.text[start + 1 : self.pos - 1]
        self.pos = min(self.pos + 1, self.end)
        return self.text[start : self.pos]

    def option(self) -> str:
        """The source of an optional ``[argument]`` that follows directly, else ""."""
        start = self.pos
        close = self.text.find("]", start, self.end) if self.peek() == "[" else -1
        if close < 0:
            return ""
        self.pos = close + 1
        return self.text[start + 1 : close]

    def drop(self, source: str) -> None:
        """Notes that ``source`` is left out on purpose."""
        self.source.dropped.append(source)

    # What commands write

    def binary(self, sign: str) -> None:
        """Writes ``sign`` with room between two operands, without for ±1 and 10×."""
        left = self.line.ends_operand()
        if left and self.has_operand():
            self.line.relation(sign)
        elif left:
            self.line.trim()
            self.line.put(sign)
        else:
            self.line.put(sign)
            self.skip_spaces()

    def formula(self) -> None:
        """Renders the formula whose opening delimiter is at ``pos``."""
        start, end, after = self.source.math[self.pos]
        display = self.text[self.pos : start] in ("$$", "\\[")
        self.pos = after
        if display:
            self.display(start, end)
        else:
            self.line.put(self._math(start, end))

    def display(
        self, start: int, end: int, *, aligned: bool = False, before: str = "", after: str = ""
    ) -> None:
        """Renders a formula that stands by itself, set off by spaces and fenced."""
        self.line.put(f" {before}{self._math(start, end, aligned=aligned)}{after}")
        if self.peek().isalnum():
            self.line.room()

    def _math(self, start: int, end: int, *, aligned: bool = False) -> str:
        inside = Reader(self.source, start, end, math=True, tight=self.tight, aligned=aligned)
        return _LOPSIDED.sub(r" \1\2 ", inside.render().strip())

    def script(self, mark: str, written: str) -> None:
        """Writes ``written`` as superscript (``mark`` "^") or subscript ("_")."""
        if written == "*" and self.line.last() in ("", " "):
            self.line.put(written)
            return
        self.line.attach(script(mark, written, joined=self._joined()))

    def _joined(self) -> bool:
        """Whether a letter, a digit or another script follows directly."""
        if self.peek() != "\\":
            return self.peek().isalnum() or self.peek() in ("_", "^", "{")
        match = _COMMAND.match(self.text, self.pos, self.end)
        name = match[1] if match else ""
        return (
            name.isalpha() and not _SEPARATOR.match(name) and symbols().get(name, "x")[0].isalnum()
        )

    # Marks

    def _command(self, _mark: str) -> None:
        match = _COMMAND.match(self.text, self.pos, self.end)
        name = match[1] if match else ""
        self.pos += 1 + len(name)
        self.source.run(self, name)

    def _open(self, mark: str) -> None:
        if not self.at_group():
            self.literal(mark)
            return
        start, close = self.pos, self.source.braces[self.pos]
        group = Reader(
            self.source, start + 1, close, math=self.math, tight=self.tight, aligned=self.aligned
        )
        self.pos = close + 1
        written = group.render()
        self.line.put(f"{{{written}}}" if self._is_set(start, close) else written)

    def _is_set(self, start: int, close: int) -> bool:
        """Whether braces in prose are meant to be seen, as in "over {0,1}" or "{x | x > 0}"."""
        content = self.text[start + 1 : close]
        return (
            not self.math
            and "\\" not in content
            and any(sign in content for sign in ",|")
            and len(content.strip()) > 1
            and (start, close) != (0, len(self.text) - 1)
        )

    def _dollar(self, mark: str) -> None:
        if self.pos in self.source.math:
            self.formula()
        else:
            self.literal(mark)

    def _script(self, mark: str) -> None:
        self.pos += 1
        if (self.math and not _WORD_NEXT.match(self.text, self.pos)) or self.at_group():
            self.script(mark, self.argument(math=True, tight=True).strip())
            return
        power = _POWER.match(self.text, self.pos, self.end)
        if mark == "^" and power and (self.line.last().isalnum() or self.line.last() in ")]}"):
            self.pos = power.end()
            self.script(mark, power[0])
        else:
            self.line.put(mark)

    def _ampersand(self, mark: str) -> None:
        self.pos += 1
        self.line.put(" " if self.aligned else mark)

    def _tilde(self, _mark: str) -> None:
        self.pos += 1
        about = self.line.last() in ("", " ", "\n", "(", "/") and self.peek() not in ("\\", "")
        self.line.put("~" if about and not self.math else " ")

    def _backquote(self, mark: str) -> None:
        quoted = _QUOTED.match(self.text, self.pos, self.end)
        if self.peek(2) == "``":
            self.pos += 2
            self.line.put("”" if self.line.last().isalnum() else "“")
        elif quoted:
            self.pos = quoted.end()
            self.line.put(f"‘{Reader(self.source, *quoted.span(1)).render()}’")
        else:
            self.literal(mark)

    def _quote(self, mark: str) -> None:
        double = self.peek(2) == "''"
        if not (self.math or double):
            self.literal(mark)
            return
        self.pos += 1 + double
        if self.math:
            self.line.attach("″" if double else "′")
        else:
            self.line.put("”")

    def _dash(self, _mark: str) -> None:
        start = self.pos
        while self.peek() == "-":
            self.pos += 1
        run = self.text[start : self.pos]
        self.line.put({2: "–", 3: "—"}.get(len(run), run))


_STEPS: dict[str, Callable[[Reader, str], None]] = {
    "\\": Reader._command,
    "{": Reader._open,
    "}": Reader.literal,
    "$": Reader._dollar,
    "^": Reader._script,
    "_": Reader._script,
    "&": Reader._ampersand,
    "~": Reader._tilde,
    "`": Reader._backquote,
    "'": Reader._quote,
    "-": Reader._dash,
}
