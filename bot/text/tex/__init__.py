"""TeX as it stands in titles, abstracts and names, to readable Unicode.

Here are the steps around the reader, and what happens when it fails.
"""

import html
import re
import unicodedata
from collections import Counter

from bot.text.tex import accents
from bot.text.tex.commands import run
from bot.text.tex.reader import Reader, Source

# The semicolon is asked for: "AT&T" and "R&para" are not entities.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TEX = re.compile(r"[\\{}$^~`]|--|''")
_SIGNS = ("\\", "$", "&", "{", "}", "^", "~", "`", "--", "''")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_INDENTED = re.compile(r"(?<=[.!?:;)\]\"'”’])[^\S\n]*\n(?=[^\S\n]+\S)")
# Control characters, and half surrogate pairs, which have no UTF-8 and so fit in no archive.
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_MARKS = re.compile("[\u0300-\u036f\u20d0-\u20f0]")
_COMMAND_NAME = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]{3,}")

__all__ = ["plain", "title"]


def title(tex: str) -> str:
    """A title as ``plain`` shows it, on one line: arXiv wraps titles with an indent."""
    return plain(" ".join(tex.split()))


def plain(tex: str) -> str:
    r"""An abstract with its TeX as readable Unicode, NFC, for people and for search.

    One line per paragraph, paragraphs separated by a blank line. A line break with an indent
    behind the end of a sentence is a paragraph, as in arXiv's abstracts.
    HTML entities are decoded once. Never raises, and keeps every word: ``%``, ``&``, ``#`` and
    unmatched ``$`` or braces stand for themselves, an unknown command shows its argument or
    else its name, ``\cite{key}`` is "[key]", ``\href{address}{text}`` is "text (address)". What
    would lose a word all the same is converted again, accents only. Text without TeX comes
    back as it is, apart from whitespace. Markdown is not touched: see ``escape``.
    """
    if (simple := _simple(tex)) is not None:
        return simple
    text = unicodedata.normalize("NFC", _paragraphs(tex))
    if not _TEX.search(text):
        return text
    try:
        source = Source(text, run)
        rendered = _tidy(Reader(source, 0, len(text), inner=False).render())
        lost = _loses_words(text, source.dropped, rendered)
    except Exception:  # A promise: text from strangers never stops a harvest.
        lost = True
    return accents.convert(text) if lost else rendered


def _simple(tex: str) -> str | None:
    """ASCII in one paragraph, without any sign that could be TeX's or HTML's: most texts are."""
    line = tex.strip().replace("\n", " ")
    if not (line.isascii() and line.isprintable()) or any(sign in line for sign in _SIGNS):
        return None
    if "  " not in line:
        return line
    return None if "\n " in tex or "\n\n" in tex else " ".join(line.split())


def _decode(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _replacement(match: re.Match[str]) -> str:
    return "\ufffd" if match[0] >= "\ud800" else " "


def _paragraphs(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(_decode, text)
    text = _UNSTORABLE.sub(_replacement, text)
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n " in text:
        text = _INDENTED.sub("\n\n", text)
    parts = (" ".join(part.split()) for part in _BLANK_LINES.split(text.strip()))
    return "\n\n".join(filter(None, parts))


def _tidy(rendered: str) -> str:
    parts = (" ".join(part.split()) for part in rendered.split("\n"))
    return unicodedata.normalize("NFC", "\n\n".join(filter(None, parts)))


def _loses_words(text: str, dropped: list[str], rendered: str) -> bool:
    """Whether a word of three letters that is not a command stands less often in ``rendered``.

    Mostly all but the formulas is the same in both, and no word is lost with what is the same.
    """
    before, after = Counter(text.split()), Counter(rendered.split())
    gone, come = (before - after).elements(), (after - before).elements()
    return _lacks(" ".join(gone), dropped, " ".join(come)) and _lacks(text, dropped, rendered)


def _lacks(text: str, dropped: list[str], rendered: str) -> bool:
    expected = Counter(_WORD.findall(_COMMAND_NAME.sub(" ", text)))
    expected.subtract(_WORD.findall(_COMMAND_NAME.sub(" ", " ".join(dropped))))
    letters = _MARKS.sub("", unicodedata.normalize("NFKD", rendered))
    whole = Counter(_WORD.findall(letters))
    fewer = [(word, count) for word, count in expected.items() if whole[word] < count]
    return any(letters.count(word) < count for word, count in fewer)
