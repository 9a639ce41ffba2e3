"""Commands of formulas: fractions, roots, fences, alphabets."""

import re
from unicodedata import normalize

from bot.text.tex.accents import MARKS
from bot.text.tex.commands_basic import math_accent, unknown
from bot.text.tex.reader import Command, Reader
from bot.text.tex.scripts import SCRIPT_CHARACTERS, script
from bot.text.tex.symbols import BINARIES, RELATIONS, styled

_DELIMITER = re.compile(
    r"\s*(?:[()\[\]|/.<>]|\\[{}|]|\\[a-zA-Z]*(?:angle|floor|ceil|[vV]ert|brac[ek]))"
)
_ATOM = re.compile(r"[√∂∇]?(?:[\d.]+|[^\W\d_][\u0300-\u036f]*|[A-Za-z]{3,}|[^\W\d_]?\([^()]*\))")
_SIGNS = frozenset("+-=<>/,| ") | RELATIONS | BINARIES


def _wrapper(reader: Reader, _name: str) -> None:
    """A font or box around a formula, which shows the formula."""
    reader.line.put(reader.argument())


def _ensure_math(reader: Reader, _name: str) -> None:
    reader.line.put(reader.argument(math=True))


def _alphabet(style: str) -> Command:
    def put(reader: Reader, _name: str) -> None:
        reader.line.put(styled(style, reader.argument().strip()))

    return put


def _operator(reader: Reader, _name: str) -> None:
    reader.line.operator(reader.argument(math=False).strip())


def _between(before: str, comma: str, after: str) -> Command:
    r"""``\norm{x}``, ``\braket{a}{b}``: the arguments between two marks."""

    def put(reader: Reader, _name: str) -> None:
        shown = []
        while reader.at_group():
            shown.append(reader.argument().strip())
        reader.line.put(before + comma.join(shown) + after)

    return put


def _fence(reader: Reader, name: str) -> None:
    r"""``\left(``, ``\right.``, ``\big|``: the delimiter, without the space inside it."""
    if not _DELIMITER.match(reader.text, reader.pos, reader.end):
        unknown(reader, name)
        return
    delimiter = reader.argument().strip().replace(".", "")
    if name == "right" or name.endswith("r"):
        reader.line.trim()
    reader.line.put(delimiter)
    if name == "left" or name.endswith("l"):
        reader.skip_spaces()


def _bracketed(shown: str, *, tail: bool) -> str:
    """``shown`` in parentheses unless it is one term; ``tail``: it follows a sign such as "/"."""
    core = "".join(each for each in shown if each not in SCRIPT_CHARACTERS).strip("′″‖")
    if _ATOM.fullmatch(core) or not (tail or _SIGNS & set(shown)):
        return shown
    return f"({shown})"


def _fraction(top: str, bottom: str) -> str:
    return f"{_bracketed(top.strip(), tail=False)}/{_bracketed(bottom.strip(), tail=True)}"


def _frac(reader: Reader, _name: str) -> None:
    top = reader.argument()
    reader.line.put(_fraction(top, reader.argument()))


def _binomial(reader: Reader, _name: str) -> None:
    top = reader.argument().strip()
    reader.line.put(f"({top} choose {reader.argument().strip()})")


def _over(reader: Reader, name: str) -> None:
    r"""``{a \over b}``, ``{n \choose k}``: all of the group before and after it."""
    if not reader.inner:
        unknown(reader, name)
        return
    top = reader.line.take().strip()
    rest = Reader(reader.source, reader.pos, reader.end, math=reader.math, tight=reader.tight)
    reader.pos = reader.end
    bottom = rest.render().strip()
    reader.line.put(f"({top} choose {bottom})" if name == "choose" else _fraction(top, bottom))


def _root(reader: Reader, _name: str) -> None:
    degree = reader.option().strip()
    reader.line.put(script("^", degree, joined=False) if degree not in ("", "2") else "")
    reader.line.put("√" + _bracketed(reader.argument().strip(), tail=True))


def _stack(reader: Reader, name: str) -> None:
    r"""``\overset{above}{sign}``: the sign, then what stands above or below it as a script."""
    extra = reader.argument(tight=True).strip()
    reader.line.put(reader.argument().strip())
    reader.script("_" if name == "underset" else "^", extra)


def _script(mark: str) -> Command:
    def put(reader: Reader, _name: str) -> None:
        reader.script(mark, reader.argument().strip())

    return put


def _long_arrow(reader: Reader, name: str) -> None:
    reader.line.relation("→" if name == "xrightarrow" else "←")
    reader.script("^", reader.argument(tight=True).strip())


def _negation(reader: Reader, name: str) -> None:
    if not reader.math:
        unknown(reader, name)
        return
    sign = reader.argument().strip()
    reader.line.relation(normalize("NFC", f"{sign[:1]}\u0338{sign[1:]}"))


def _modulus(reader: Reader, _name: str) -> None:
    reader.line.room()
    reader.line.put(f"(mod {reader.argument().strip()})")


def _modulo(reader: Reader, _name: str) -> None:
    reader.line.operator("mod")


def _colon(reader: Reader, _name: str) -> None:
    reader.line.put(":")
    reader.line.room()


def _limits(_reader: Reader, _name: str) -> None:
    """Where limits stand, which is nowhere on one line."""


def _names(names: str, command: Command) -> dict[str, Command]:
    return dict.fromkeys(names.split(), command)


ANYWHERE = {
    **_names("limits nolimits displaystyle textstyle scriptstyle", _limits),
    **_names(
        "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm",
        _fence,
    ),
    **_names("over atop choose", _over),
    "bmod": _modulo,
    "colon": _colon,
}

WITH_ARGUMENT = {
    **_names(" ".join(name for name in MARKS if len(name) > 1), math_accent),
    **_names(
        "mathrm mathbf mathit mathsf mathtt mathnormal boldsymbol bm pmb bold overbrace underbrace "
        "mathop mathrel mathbin mathord mathopen mathclose boxed fbox uline",
        _wrapper,
    ),
    "ensuremath": _ensure_math,
    **_names("mathbb mathds mathbbm Bbb", _alphabet("DOUBLE-STRUCK")),
    **_names("mathcal mathscr cal", _alphabet("SCRIPT")),
    "mathfrak": _alphabet("FRAKTUR"),
    "operatorname": _operator,
    **_names("frac dfrac tfrac cfrac nicefrac sfrac textfrac", _frac),
    **_names("binom dbinom tbinom", _binomial),
    "sqrt": _root,
    "not": _negation,
    "pmod": _modulus,
}

WITH_GROUP = {
    "sqrt": _root,
    "textsuperscript": _script("^"),
    "textsubscript": _script("_"),
    **_names("xrightarrow xleftarrow", _long_arrow),
    **_names("overset underset stackrel", _stack),
    **_names("norm Norm", _between("‖", ", ", "‖")),
    "abs": _between("|", ", ", "|"),
    "ceil": _between("⌈", ", ", "⌉"),
    "floor": _between("⌊", ", ", "⌋"),
    "set": _between("{", " | ", "}"),
    "ket": _between("|", ", ", "⟩"),
    "bra": _between("⟨", ", ", "|"),
    "braket": _between("⟨", "|", "⟩"),
    "ketbra": _between("|", "⟩⟨", "|"),
    **_names("inner expval", _between("⟨", ", ", "⟩")),
}
