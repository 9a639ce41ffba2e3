r"""TeX from arXiv, and Unicode, as TeX that pdfLaTeX compiles as it comes: T1, UTF-8, no packages.

Authors write titles for arXiv's page, which shows what no LaTeX would take: macros of their own,
a lone dollar, ``100%``. What is sound is handed on as they wrote it; anything else is written
from its rendered form, character by character.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from bot.text.tex.accents import LETTERS, MARKS
from bot.text.tex.symbols import symbols

# Symbols that LaTeX has without a package (fontmath.ltx). Of two for one character, such as both
# epsilons, the first writes it.
_SYMBOLS = """
    alpha beta gamma delta varepsilon epsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    pi varpi rho varrho sigma varsigma tau upsilon varphi phi chi psi omega Gamma Delta Theta Lambda
    Xi Pi Sigma Upsilon Phi Psi Omega aleph hbar imath jmath ell wp Re Im partial infty prime
    emptyset nabla surd top perp angle forall exists neg lnot flat natural sharp clubsuit
    diamondsuit heartsuit spadesuit coprod bigvee bigwedge biguplus bigcap bigcup int prod sum
    bigotimes bigoplus bigodot oint bigsqcup triangleleft triangleright bigtriangleup
    bigtriangledown triangle wedge land vee lor cap cup ddagger dagger sqcap sqcup uplus amalg
    diamond bullet wr div odot oslash otimes ominus oplus mp pm circ bigcirc setminus cdot ast times
    star propto sqsubseteq sqsupseteq parallel mid dashv vdash nearrow searrow nwarrow swarrow
    Leftrightarrow Leftarrow Rightarrow neq ne leq le geq ge succ prec approx succeq preceq supset
    subset supseteq subseteq in ni owns gg ll leftrightarrow leftarrow gets rightarrow to mapsto sim
    simeq equiv asymp smile frown leftharpoonup leftharpoondown rightharpoonup rightharpoondown
    cong notin rightleftharpoons doteq hookrightarrow hookleftarrow bowtie models Longrightarrow
    longrightarrow longleftarrow Longleftarrow longmapsto longleftrightarrow Longleftrightarrow iff
    ldots cdots vdots ddots dots langle rangle lceil rceil lfloor rfloor lbrace rbrace lbrack rbrack
    uparrow downarrow updownarrow Uparrow Downarrow Updownarrow backslash vert Vert arccos arcsin
    arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max
    min Pr sec sin sinh sup tan tanh bmod quad qquad"""
_MATH_SYMBOLS = dict.fromkeys(_SYMBOLS.split())
_TEXT_SYMBOLS = {
    **{letter: name for name, letter in LETTERS.items()},
    "–": "textendash", "—": "textemdash", "‘": "textquoteleft", "’": "textquoteright",
    "“": "textquotedblleft", "”": "textquotedblright", "„": "quotedblbase",
    "‚": "quotesinglbase", "«": "guillemotleft", "»": "guillemotright", "‹": "guilsinglleft",
    "›": "guilsinglright", "…": "textellipsis", "§": "textsection", "¶": "textparagraph",
    "©": "textcopyright", "®": "textregistered", "™": "texttrademark", "°": "textdegree",
    "€": "texteuro", "£": "textsterling", "¥": "textyen", "¢": "textcent", "¡": "textexclamdown",
    "¿": "textquestiondown", "‰": "textperthousand", "ª": "textordfeminine",
    "º": "textordmasculine", "·": "textperiodcentered", "½": "textonehalf", "¼": "textonequarter",
    "¾": "textthreequarters", "µ": "textmu", "№": "textnumero", "⁄": "textfractionsolidus",
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright", "^": "textasciicircum",
    "~": "textasciitilde",
}  # fmt: skip
_SIGNS = {sign: f"\\{sign}" for sign in "&%#$_"}
_TYPED = _SIGNS | {"‐": "-", "‑": "-", "‒": "--", "―": "---"}
_MATH_LIKE = {
    "−": "-",
    "∗": "*",
    "⋅": r"\cdot",
    "Ω": r"\Omega",
    "∆": r"\Delta",
    "′": "'",
    "″": "''",
}

# Commands with arguments: how many. Those of the second sort print text, in a formula too.
_WITH_ONE_ARGUMENT = """
    sqrt hat bar tilde vec dot ddot acute grave check breve mathring widehat widetilde overline
    underline overrightarrow overleftarrow overbrace underbrace mathrm mathbf mathit mathsf mathtt
    mathcal mathnormal pmod mathbb mathfrak mathscr boldsymbol operatorname"""
_MATH_COMMANDS = dict.fromkeys(_WITH_ONE_ARGUMENT.split(), 1) | {"frac": 2, "stackrel": 2}
_WITH_TEXT = """
    mbox text textrm textbf textit texttt textsf textsc textsl textup textnormal emph
    textsuperscript textsubscript"""
_TEXT_COMMANDS = frozenset(_WITH_TEXT.split())
_FONTS = frozenset(("rm", "bf", "it", "sf", "tt"))
_NAMES = frozenset(_TEXT_SYMBOLS.values()) | {"LaTeX", "TeX", "S", "dots", "ldots", "pounds"}
# Sizes of brackets and formulas: without them a title is as true.
_SIZE_NAMES = "left right big Big bigg Bigg bigl bigr Bigl Bigr limits nolimits displaystyle"
_SIZES = frozenset(_SIZE_NAMES.split())
_SPACES = {",": r"\,", ";": r"\,", ":": r"\,", " ": r"\ ", "!": "", "/": "", "-": "", "\\": " "}

# What is written with a package's command is given to those who do not load it.
_PACKAGED_SYMBOLS = {
    "lesssim": r"{\mathrel{\stackrel{<}{\sim}}}",
    "gtrsim": r"{\mathrel{\stackrel{>}{\sim}}}",
    "leqslant": r"{\leq}",
    "geqslant": r"{\geq}",
    "varnothing": r"{\emptyset}",
    "varkappa": r"{\kappa}",
    "hslash": r"{\hbar}",
    "iint": r"{\int\!\!\int}",
    "ltimes": r"{\mathbin{\vert\!\!\times}}",
    "rtimes": r"{\mathbin{\times\!\!\vert}}",
}
_PACKAGED = _PACKAGED_SYMBOLS | {
    "mathbb": r"[1]{\mathbf{#1}}",
    "mathfrak": r"[1]{\mathbf{#1}}",
    "mathscr": r"[1]{\mathcal{#1}}",
    "boldsymbol": r"[1]{\mathbf{#1}}",
    "operatorname": r"[1]{\mathop{\mathrm{#1}}\nolimits}",
    "text": r"[1]{\mbox{#1}}",
}
_PACKAGED_COMMAND = re.compile(rf"\\({'|'.join(_PACKAGED)})(?![A-Za-z])")

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\$\$?|\s+|.[\u0300-\u036f\u20d7]*", re.DOTALL)
_CHARACTER = re.compile(r"\s+|.[\u0300-\u036f\u20d7]*", re.DOTALL)
_CLOSES = {"{": "}", "$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}
_ACCENTS = {mark: command for command, mark in MARKS.items() if len(command) == 1}
_ACCENTS["\u0326"] = "textcommabelow"
_NAME_AT_END = re.compile(r"\\[A-Za-z]+$")
_BRACES = {"{": "lbrace", "}": "rbrace"}
_MAX_DEPTH = 20


class _UnsoundError(ValueError):
    """LaTeX would stumble over it, or show something else."""


def latex(tex: str, rendered: str) -> str:
    """``tex`` on one line, its braces balanced, or ``rendered`` where it would not compile.

    Accents of ``tex`` are characters already (``accents.convert``).
    """
    try:
        written = _Source(tex).until("", math=False, depth=0)
    except _UnsoundError:
        written = ""
    return written or "".join(map(_character, _CHARACTER.findall(rendered)))


def preamble(text: str) -> Iterator[str]:
    """What ``text`` needs defined where no package does: a line for each command or character.

    Letters that T1 has not, such as Chinese ones, stay for whoever uses XeLaTeX or biber; pdfLaTeX
    prints a question mark in their place.
    """
    for name in sorted(set(_PACKAGED_COMMAND.findall(text))):
        yield rf"\providecommand{{\{name}}}{_PACKAGED[name]}"
    for letter in sorted(set(re.findall(r"[^\x00-\x7f]", text))):
        yield rf"\expandafter\providecommand\csname u8:{letter}\endcsname{{?}}"


class _Source:
    def __init__(self, tex: str) -> None:
        self._tokens = _TOKEN.findall(tex.strip())
        self._at = 0

    def until(self, end: str, *, math: bool, depth: int) -> str:
        """What stands before the sign ``end``, which is passed; "" is the end of the text."""
        if depth > _MAX_DEPTH:
            raise _UnsoundError
        written = scripts = ""
        while (sign := self._next()) != end:
            piece = self._piece(sign, math=math, depth=depth)
            if math and sign in ("^", "_", "'"):
                if _is_double(sign, scripts):
                    raise _UnsoundError
                scripts += sign
            elif piece.strip() and sign[1:] not in _FONTS:
                scripts = ""
            elif piece:  # a space: primes and a superscript behind it are not taken together
                scripts += " "
            if piece[:1].isalpha() and _NAME_AT_END.search(written):
                written += " "
            written += piece
        return written

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ""

    def _piece(self, sign: str, *, math: bool, depth: int) -> str:
        if sign in ("", "}", "\\)", "\\]") or (math and sign in ("$", "$$", "\\(", "\\[")):
            raise _UnsoundError
        if sign == "{":
            content = self.until("}", math=math, depth=depth + 1)
            # BibTeX knows an accented letter by its own braces.
            return content if re.fullmatch(r"\{\\[^{}]*\}", content) else f"{{{content}}}"
        if sign in _CLOSES:
            content = self.until(_CLOSES[sign], math=True, depth=depth + 1)
            if not content.strip():
                raise _UnsoundError
            return f"${content.strip()}$"
        if sign in ("^", "_"):
            if not math:
                raise _UnsoundError
            argument = self._argument(math=True, depth=depth)
            return sign + (argument if len(argument) == 1 else f"{{{argument}}}")
        if sign[0] == "\\":
            return self._command(sign[1:], math=math, depth=depth)
        if sign == "~":
            return sign
        return _math_character(sign) if math else _character(sign)

    def _argument(self, *, math: bool, depth: int) -> str:
        """The next group without its braces, the next command or character."""
        sign = self._next()
        if sign.isspace():
            sign = self._next()
        if sign == "{":
            return self.until("}", math=math, depth=depth + 1)
        if sign in ("^", "_", "'", "&") or sign in _CLOSES or depth > _MAX_DEPTH:
            raise _UnsoundError
        return self._piece(sign, math=math, depth=depth + 1)

    def _command(self, name: str, *, math: bool, depth: int) -> str:
        if name in _SIGNS:
            return _SIGNS[name]
        if name in _BRACES:
            return rf"\{_BRACES[name]}" if math else rf"\{_TEXT_SYMBOLS[name]}{{}}"
        if name in _SPACES:
            return _SPACES[name]
        if name in _SIZES:
            if self._tokens[self._at : self._at + 1] == ["."]:
                self._at += 1
            return ""
        if name == "ensuremath":
            return rf"\ensuremath{{{self._argument(math=True, depth=depth)}}}"
        if name in _TEXT_COMMANDS:
            return rf"\{name}{{{self._argument(math=False, depth=depth)}}}"
        if name in _FONTS and depth:
            return f"\\{name}"
        if math and name == "|":
            return r"\Vert"
        if math and (name in _MATH_SYMBOLS or name in _PACKAGED_SYMBOLS):
            return f"\\{name}"
        if math and name in _MATH_COMMANDS:
            option = self._option() if name == "sqrt" else ""
            count = _MATH_COMMANDS[name]
            arguments = [self._argument(math=True, depth=depth) for _ in range(count)]
            return f"\\{name}{option}" + "".join(f"{{{argument}}}" for argument in arguments)
        if not math and name in _NAMES:
            self._skip_what_ends_a_name()
            return f"{{\\{name}}}"
        raise _UnsoundError

    def _option(self) -> str:
        """The ``[3]`` of a cube root: a number or a letter."""
        option = self._tokens[self._at : self._at + 3]
        if len(option) < 3 or option[0] != "[" or option[2] != "]" or not option[1].isalnum():
            return ""
        self._at += 3
        return "".join(option)

    def _skip_what_ends_a_name(self) -> None:
        if self._tokens[self._at : self._at + 2] == ["{", "}"]:
            self._at += 2
        elif self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1


def _is_double(mark: str, scripts: str) -> bool:
    """Whether TeX refuses ``mark`` behind the marks of the same symbol. A prime is a superscript,
    to which more may be added at once only."""
    if mark == "_":
        return "_" in scripts
    return "^" in scripts or ("'" in scripts and scripts[-1] != "'")


def _math_character(cluster: str) -> str:
    if cluster.isascii():
        return _TYPED.get(cluster, " " if cluster.isspace() else cluster)
    if written := _MATH_LIKE.get(cluster):
        return written
    if name := _names_of_symbols().get(cluster):
        return f"\\{name}"
    raise _UnsoundError


def _character(cluster: str) -> str:
    """A character with its accents in text. What LaTeX cannot say stays as it is."""
    if cluster.isspace():
        return " "
    letter = unicodedata.normalize("NFC", cluster)
    if letter in _TYPED:
        return _TYPED[letter]
    if name := _TEXT_SYMBOLS.get(letter):
        return f"\\{name}{{}}" if letter.isascii() else f"{{\\{name}}}"
    if letter.isascii():
        return letter if letter.isprintable() else ""
    if symbol := _MATH_LIKE.get(letter):
        return rf"\ensuremath{{{symbol}}}"
    if name := _names_of_symbols().get(letter):
        return rf"\ensuremath{{\{name}}}"
    return _accented(letter) or _decomposed(letter)


def _accented(letter: str) -> str:
    base, *marks = tuple(unicodedata.normalize("NFD", letter))
    if not marks or not all(mark in _ACCENTS for mark in marks):
        return ""
    written = base if base.isascii() and base.isalpha() else ""
    if base in LETTERS.values():
        written = f"\\{_TEXT_SYMBOLS[base]}"
    if not written:
        return ""
    for place, mark in enumerate(marks):
        command = _ACCENTS[mark]
        bare = not place and len(written) == 1 and not command.isalpha()
        written = f"\\{command}{written}" if bare else f"\\{command}{{{written}}}"
    return f"{{{written}}}"


def _decomposed(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    if unicodedata.combining(parts[-1]) and len(parts) > 1:
        return "".join(_character(part) for part in parts if not unicodedata.combining(part))
    kind, _, _ = unicodedata.decomposition(letter).partition(" ")
    plain = unicodedata.normalize("NFKC", letter)
    if plain == letter:
        return "" if unicodedata.category(letter) in ("Cf", "Cc", "Cs", "Mn") else letter
    written = "".join(map(_character, plain))
    if "DOUBLE-STRUCK" in unicodedata.name(letter, ""):
        return rf"\ensuremath{{\mathbb{{{written}}}}}"
    if kind in ("<super>", "<sub>"):
        return rf"\text{kind[1:-1]}script{{{written}}}"
    return written


@cache
def _names_of_symbols() -> dict[str, str]:
    """Character -> the command that writes it in a formula."""
    characters = symbols()
    names = reversed([*_MATH_SYMBOLS, *_PACKAGED_SYMBOLS])
    return {characters[name]: name for name in names if len(characters.get(name, "")) == 1}
