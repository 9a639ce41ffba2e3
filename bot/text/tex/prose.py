"""Commands of running text: fonts, links, references, structure."""

import re
from collections.abc import Callable

from bot.text.tex.commands_basic import unknown
from bot.text.tex.reader import Command, Reader

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


def _font(reader: Reader, _name: str) -> None:
    reader.line.put(reader.argument(math=False))


def _nothing(_reader: Reader, _name: str) -> None:
    r"""Without a sign of its own, such as ``\xspace``."""


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


def cite(reader: Reader, _name: str) -> None:
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
        unknown(reader, name)
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


ANYWHERE: dict[str, Callable[[Reader, str], None]] = {
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

WITH_ARGUMENT: dict[str, Callable[[Reader, str], None]] = _names(
    "text textrm textbf textit textsc textsl textsf texttt textmd textup textnormal mbox hbox emph",
    _font,
)

WITH_GROUP: dict[str, Callable[[Reader, str], None]] = {
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
    **_names("ref eqref autoref cref Cref pageref", cite),
    **_names("footnote thanks", _footnote),
    "begin": _begin,
}
