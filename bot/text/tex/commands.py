"""What each command of TeX writes: accents, letters, symbols, fonts, formulas, links, structure.

A little longer than other files: each command is a function of a few lines, found by its name, and
they share the small tables of exceptions at the top.
"""

import re
from unicodedata import normalize

from bot.text.tex.accents import LETTERS, MARKS, accented, composes
from bot.text.tex.reader import Command, Reader
from bot.text.tex.symbols import (
    BINARIES,
    RELATIONS,
    SCRIPT_CHARACTERS,
    is_operator,
    script,
    styled,
    symbols,
)

# Control symbols that print something other than their own character.
_CONTROL = {"|": "‖", "/": "", "-": "", "!": "", "@": "", ",": " ", ";": " ", ":": " ", ">": " "}
_CLOSERS = frozenset("⟩⌉⌋")
_ORDINARY_NEXT = re.compile(r"\s+(?:[A-Za-z](?![A-Za-z])|[\\_^'])")
_BRACKET_NEXT = re.compile(r"\s+(?:[(\[]|\\left|\\[bB]ig|\\\{)")
_ACCENTED_LETTER = re.compile(r"\\(?:i|j|ae|AE|oe|o|O|l|L|aa)(?![A-Za-z])")
_LITERAL_AFTER = re.compile(r"[A-Za-z0-9:/]")
_LINE_SKIP = re.compile(r"\*?(?:\[\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in)\s*\])?")
_COMBINING = "\u0300\u0301\u0302\u0303\u0304\u0307\u0308"
_DELIMITER = re.compile(
    r"\s*(?:[()\[\]|/.<>]|\\[{}|]|\\[a-zA-Z]*(?:angle|floor|ceil|[vV]ert|brac[ek]))"
)
_ATOM = re.compile(r"[√∂∇]?(?:[\d.]+|[^\W\d_][\u0300-\u036f]*|[A-Za-z]{3,}|[^\W\d_]?\([^()]*\))")
_SIGNS = frozenset("+-=<>/,| ") | RELATIONS | BINARIES
_ESCAPED = re.compile(r"\\([_%#&$~])(?:\{\})?")
_SCHEME = re.compile(r"^https?://(?:www\.)?|/$")
_MATH_ENVIRONMENTS = (
    "equation align gather multline eqnarray displaymath math alignat flalign split aligned "
    "gathered"
)
_FENCES = {
    "matrix": ("(", ")"),
    "pmatrix": ("(", ")"),
    "smallmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "vmatrix": ("|", "|"),
    "cases": ("{", "}"),
    **dict.fromkeys(_MATH_ENVIRONMENTS.split(), ("", "")),
}


def run(reader: Reader, name: str) -> None:
    r"""Carries out ``\name``, which ``reader`` has just passed; "" is a backslash at the end."""
    if not name:
        reader.line.put("\\")
    elif name.isascii() and name.isalpha():
        _named(reader, name)
    elif name in MARKS:
        _accent(reader, name)
    else:
        _control(reader, name)


def _named(reader: Reader, name: str) -> None:
    if reader.peek(2) == "*{":
        reader.pos += 1
    command = _command(reader, name)
    written = symbols().get(name)
    if command:
        command(reader, name)
    elif len(name) == 1 and name in MARKS:
        _letter_accent(reader, name)
    elif name in LETTERS:
        _letter(reader, name)
    elif written is None or (len(name) == 1 and _is_literal(reader, name)):
        _unknown(reader, name)
    else:
        _symbol(reader, name, written)


def _command(reader: Reader, name: str) -> Command | None:
    if name in _ANYWHERE:
        return _ANYWHERE[name]
    if name in _WITH_ARGUMENT and reader.has_argument():
        return _WITH_ARGUMENT[name]
    grouped = reader.at_arguments()
    if name.startswith("cite") and grouped:
        return _cite
    return _WITH_GROUP.get(name) if grouped else None


def _unknown(reader: Reader, name: str) -> None:
    """Shows the arguments when there are any, else the name; a backslash in prose stays."""
    literal = _is_literal(reader, name)
    written = []
    while reader.at_group():
        written.append(reader.argument())
    if any(written):
        reader.line.put(" ".join(filter(None, written)))
    elif reader.math and len(name) > 1:
        reader.line.operator(name)
    elif literal:
        reader.line.put(f"\\{name}")
    else:
        reader.line.put(name)


def _is_literal(reader: Reader, name: str) -> bool:
    r"""Whether ``\name``, just read, is part of something like C:\name or A\B."""
    before = reader.pos - len(name) - 2
    return not reader.math and before >= 0 and bool(_LITERAL_AFTER.match(reader.text, before))


def _control(reader: Reader, name: str) -> None:
    r"""``\%``, ``\,``, ``\\``, ``\(`` and their kind; an unmatched ``\(`` is a parenthesis."""
    start = reader.pos - 2
    if start in reader.source.math:
        reader.pos = start
        reader.formula()
    elif name == "\\":
        skip = _LINE_SKIP.match(reader.text, reader.pos, reader.end)
        reader.pos = skip.end() if skip else reader.pos
        if reader.aligned:
            reader.line.trim()
        reader.line.put("; " if reader.aligned else " ")
    else:
        reader.line.put(" " if name.isspace() else _CONTROL.get(name, name))


def _symbol(reader: Reader, name: str, written: str) -> None:
    """Writes what a symbol's command shows, with the room that its kind has in a formula."""
    if is_operator(name):
        reader.line.operator(written)
        if _BRACKET_NEXT.match(reader.text, reader.pos, reader.end):
            reader.skip_spaces()
    elif written in RELATIONS or name == "mid":
        reader.line.relation(written)
    elif written in BINARIES:
        reader.binary(written)
    else:
        if written in _CLOSERS:
            reader.line.trim()
        reader.line.put(written)
        joins = _ORDINARY_NEXT.match(reader.text, reader.pos, reader.end)
        if (joins and reader.math) or reader.text.startswith(" -", reader.pos):
            reader.skip_spaces()
    reader.skip_empty_group()


def _letter(reader: Reader, name: str) -> None:
    r"""``\L``, ``\o``: TeX eats the space after them, so that "\L odz" is one word."""
    reader.line.put(LETTERS[name])
    if not reader.skip_empty_group():
        reader.skip_spaces()


def _accent(reader: Reader, name: str) -> None:
    r"""``\'e``, ``\'{e}``, ``\'\i``; a stray backslash as in "don\'t" leaves the quote."""
    if reader.at_group() or _ACCENTED_LETTER.match(reader.text, reader.pos, reader.end):
        base = reader.argument().strip()
        reader.line.put(accented(name, base) if base[:1].isalpha() else name + base)
    elif reader.peek().isalpha() and composes(name, reader.peek()):
        reader.line.put(accented(name, reader.peek()))
        reader.pos += 1
    else:
        reader.line.put(name)


def _letter_accent(reader: Reader, name: str) -> None:
    r"""``\v{c}``, ``\H o``; authors also define such short names for something else."""
    start, braced = reader.pos, reader.at_group()
    base = reader.argument().strip() if braced or not reader.math else ""
    if base[:1].isalpha() and (braced or composes(name, base)):
        reader.line.put(accented(name, base))
    else:
        reader.pos = start
        _unknown(reader, name)


def _math_accent(reader: Reader, name: str) -> None:
    r"""``\hat{x}``; over more than one symbol there is no such accent in Unicode."""
    base = reader.argument()
    rest = base[1:].strip(_COMBINING)
    single = not base[:1].isspace() and all(character in SCRIPT_CHARACTERS for character in rest)
    reader.line.put(accented(name, base) if single else base)


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
        written = []
        while reader.at_group():
            written.append(reader.argument().strip())
        reader.line.put(before + comma.join(written) + after)

    return put


def _fence(reader: Reader, name: str) -> None:
    r"""``\left(``, ``\right.``, ``\big|``: the delimiter, without the space inside it."""
    if not _DELIMITER.match(reader.text, reader.pos, reader.end):
        _unknown(reader, name)
        return
    delimiter = reader.argument().strip().replace(".", "")
    if name == "right" or name.endswith("r"):
        reader.line.trim()
    reader.line.put(delimiter)
    if name == "left" or name.endswith("l"):
        reader.skip_spaces()


def _bracketed(written: str, *, tail: bool) -> str:
    """``written`` in parentheses unless it is one term; ``tail``: it follows a sign such as "/"."""
    core = "".join(character for character in written if character not in SCRIPT_CHARACTERS).strip(
        "′″‖"
    )
    if _ATOM.fullmatch(core) or not (tail or _SIGNS & set(written)):
        return written
    return f"({written})"


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
        _unknown(reader, name)
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
        _unknown(reader, name)
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


def _font(reader: Reader, _name: str) -> None:
    reader.line.put(reader.argument(math=False))


def _nothing(_reader: Reader, _name: str) -> None:
    r"""Without a sign of its own, such as ``\xspace`` and ``\limits``."""


def _switch(reader: Reader, _name: str) -> None:
    r"""``\em`` and its kind, which eat the space after them."""
    reader.skip_spaces()


def _shows(text: str) -> Command:
    def put(reader: Reader, _name: str) -> None:
        reader.line.put(text)

    return put


def _abbreviation(text: str) -> Command:
    r"""``\ie`` and its kind, with one point when the author wrote one more."""

    def put(reader: Reader, _name: str) -> None:
        reader.line.put(text)
        reader.skip_empty_group()
        if reader.peek() == ".":
            reader.pos += 1

    return put


def _drops(arguments: int) -> Command:
    def drop(reader: Reader, _name: str) -> None:
        reader.drop(reader.option())
        for _ in range(arguments):
            if reader.at_group():
                reader.drop(reader.raw())

    return drop


def _keeps_last(arguments: int) -> Command:
    r"""``\textcolor{red}{word}``: only the last of ``arguments`` is text."""
    drop = _drops(arguments - 1)

    def keep(reader: Reader, name: str) -> None:
        drop(reader, name)
        if reader.at_group():
            reader.line.put(reader.argument())

    return keep


def _keep_first(reader: Reader, _name: str) -> None:
    r"""``\texorpdfstring{TeX}{plain}``: the second says the same again."""
    reader.line.put(reader.argument())
    if reader.at_group():
        reader.drop(reader.raw())


def _address(raw: str) -> str:
    return _ESCAPED.sub(r"\1", raw).strip()


def _url(reader: Reader, _name: str) -> None:
    reader.line.put(_address(reader.raw()))


def _href(reader: Reader, _name: str) -> None:
    r"""``\href{address}{text}`` as "text (address)", once when they are the same."""
    address = _address(reader.raw())
    text = reader.argument().strip() if reader.at_group() else ""
    same = _SCHEME.sub("", text) == _SCHEME.sub("", address)
    reader.line.put(address if same or not text else f"{text} ({address})")


def _cite(reader: Reader, _name: str) -> None:
    r"""``\cite[p. 5]{key}`` as "[key, p. 5]": a card has no bibliography to number."""
    notes = [note for note in (reader.option(), reader.option()) if note]
    keys = [key.strip() for key in reader.raw().split(",")]
    reader.line.put(f"[{', '.join(keys + notes)}]".replace("~", " "))


def _footnote(reader: Reader, _name: str) -> None:
    reader.line.put(f" ({reader.argument().strip()})")


def _verbatim(reader: Reader, name: str) -> None:
    mark = reader.peek()
    close = reader.text.find(mark, reader.pos + 1, reader.end) if mark.strip() else -1
    if close < 0 or mark.isalnum():
        _unknown(reader, name)
        return
    reader.line.put(reader.text[reader.pos + 1 : close])
    reader.pos = close + 1


def _begin(reader: Reader, _name: str) -> None:
    r"""A formula up to its ``\end``; of other environments only the two marks go."""
    environment = reader.raw()
    reader.drop(environment)
    kind = environment.rstrip("*")
    end = reader.text.find(f"\\end{{{environment}}}", reader.pos, reader.end)
    if kind in _FENCES and end >= 0:
        start, reader.pos = reader.pos, end
        before, after = _FENCES[kind]
        reader.display(start, end, aligned=True, before=before, after=after)
        return
    reader.drop(reader.option())
    if kind in ("array", "tabular") and reader.at_group():
        reader.drop(reader.raw())


def _names(names: str, command: Command) -> dict[str, Command]:
    return dict.fromkeys(names.split(), command)


# By what has to follow, so that a word after a stray backslash stays a word: nothing, an
# argument in braces or without, or an argument in braces (an [option] may come before it).
_ANYWHERE: dict[str, Command] = {
    **_names("limits nolimits displaystyle textstyle scriptstyle", _nothing),
    **_names(
        "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm",
        _fence,
    ),
    **_names("over atop choose", _over),
    "bmod": _modulo,
    "colon": _colon,
    **_names("xspace allowbreak protect relax", _nothing),
    **_names(
        "em it bf rm sc sf tt sl bfseries itshape scshape rmfamily sffamily ttfamily normalfont "
        "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge centering "
        "noindent boldmath",
        _switch,
    ),
    **_names("quad qquad enspace enskip thinspace newline linebreak hfill newpage", _shows(" ")),
    "par": _shows("\n\n"),
    "item": _shows(" • "),
    "verb": _verbatim,
    "ie": _abbreviation("i.e."),
    "eg": _abbreviation("e.g."),
    "etal": _abbreviation("et al."),
    "etc": _abbreviation("etc."),
    "wrt": _abbreviation("w.r.t."),
    "iid": _abbreviation("i.i.d."),
    "vs": _abbreviation("vs."),
    "cf": _abbreviation("cf."),
    "aka": _abbreviation("a.k.a."),
}
_WITH_ARGUMENT: dict[str, Command] = {
    **_names(" ".join(name for name in MARKS if len(name) > 1), _math_accent),
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
    **_names(
        "text textrm textbf textit textsc textsl textsf texttt textmd textup textnormal mbox hbox "
        "emph",
        _font,
    ),
}
_WITH_GROUP: dict[str, Command] = {
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
    **_names(
        "label index vspace hspace color pagecolor phantom hphantom vphantom includegraphics "
        "bibliography bibliographystyle end",
        _drops(1),
    ),
    **_names("setlength setcounter fontsize rule", _drops(2)),
    **_names("textcolor colorbox scalebox raisebox rotatebox", _keeps_last(2)),
    **_names("fcolorbox resizebox", _keeps_last(3)),
    "texorpdfstring": _keep_first,
    **_names("url path nolinkurl", _url),
    "href": _href,
    **_names("ref eqref autoref cref Cref pageref", _cite),
    **_names("footnote thanks", _footnote),
    "begin": _begin,
}
