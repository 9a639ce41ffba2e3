"""TeX to readable Unicode: the steps around the reader, and what happens when it fails."""

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
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_INDENTED = re.compile(r"(?<=[.!?:;)\]\"'”’])[^\S\n]*\n(?=[^\S\n]{2,}\S)")
_WRAPPED_TITLE = re.compile(r"\S[^\n]*(?:\n[^\S\n]+\S[^\n]*)+\s*")
_SPACES = re.compile(r"[^\S\n]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # no UTF-8 for these, so no archive
_COMMAND_NAME = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]{3,}")


def plain(tex: str) -> str:
    r"""A title or abstract with its TeX as readable Unicode, NFC, for people and for search.

    One line per paragraph, paragraphs separated by a blank line. A line break with an indent is
    a paragraph as in arXiv's abstracts, unless every further line is indented as in its titles.
    HTML entities are decoded once. Never raises, and keeps every word: ``%``, ``&``, ``#`` and
    unmatched ``$`` or braces stand for themselves, an unknown command shows its argument or
    else its name, ``\cite{key}`` is "[key]", ``\href{address}{text}`` is "text (address)". What
    would lose a word all the same is converted again, accents only. Text without TeX comes
    back as it is, apart from whitespace. Markdown is not touched: see ``escape``.
    """
    text = unicodedata.normalize("NFC", _paragraphs(_ENTITY.sub(_decode, tex)))
    if not _TEX.search(text):
        return text
    try:
        source = Source(text, run)
        shown = _tidy(Reader(source, 0, len(text), inner=False).render())
        lost = _loses_words(text, source.dropped, shown)
    except Exception:  # A promise: text from strangers never stops a harvest.
        lost = True
    return accents.convert(text) if lost else shown


def _decode(found: re.Match[str]) -> str:
    return html.unescape(found[0])


def _paragraphs(text: str) -> str:
    text = _HALF_CHARACTER.sub("\ufffd", text)
    text = _CONTROLS.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
    if not _WRAPPED_TITLE.fullmatch(text):
        text = _INDENTED.sub("\n\n", text)
    parts = (" ".join(part.split()) for part in _BLANK_LINES.split(text.strip()))
    return "\n\n".join(filter(None, parts))


def _tidy(shown: str) -> str:
    parts = (_SPACES.sub(" ", part).strip() for part in re.split(r"\s*\n\s*", shown))
    return unicodedata.normalize("NFC", "\n\n".join(filter(None, parts)))


def _loses_words(text: str, dropped: list[str], shown: str) -> bool:
    """Whether a word of three letters that is not a command stands less often in ``shown``."""
    expected = Counter(_WORD.findall(_COMMAND_NAME.sub(" ", text)))
    expected.subtract(_WORD.findall(_COMMAND_NAME.sub(" ", " ".join(dropped))))
    letters = unicodedata.normalize("NFKD", shown)
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    return any(bare.count(word) < count for word, count in expected.items())
