"""A line being written: which signs have room around them."""

from bot.text.tex.scripts import SCRIPT_CHARACTERS

_CLOSING = frozenset(")]},.;:!?|‖⟩⌉⌋′″ \n")
_OPERAND_ENDS = frozenset(")]}⟩⌉⌋!…⋯∞") | SCRIPT_CHARACTERS


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
