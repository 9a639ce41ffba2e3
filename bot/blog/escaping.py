"""Plain text as Markdown that shows exactly it, and back.

The old blog printed texts as they came; only our own days are written so. A line of them is
neither markup nor one of the regular lines of a post, and no stranger's words become a link.
"""

import html
import re

# Block marks, and the marks of the post's own lines.
_LINE_START = re.compile(r"^(?=[-#+>=|~])|^(\d+)(?=[.)])")
_LINE_END = re.compile(r"#$")  # which would close a heading
_INLINE = re.compile(r"[\\`*]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|~(?=~)")
_ENTITY = re.compile(r"&(?=(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
# What makes a link: [words](address), and at the beginning of a line [words]: address, which
# another [words] leads to.
_LINK = re.compile(r"(?<=\])\(")
_DEFINITION = re.compile(r"^\[")

_ESCAPED = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)


def escape_line(text: str) -> str:
    """A line; line breaks in ``text`` are written as characters of it."""
    line = "&#10;".join(map(_escaped, text.split("\n")))
    return _DEFINITION.sub("&#91;", _LINE_END.sub(r"\\#", _LINE_START.sub(r"\1\\", line)))


def escape(text: str) -> str:
    """Paragraphs, each in a line of its own and with a blank line between."""
    return "\n\n".join(filter(None, map(escape_line, text.split("\n\n"))))


def unescape(markdown: str) -> str:
    """What ``escape`` or ``escape_line`` was given, also by versions that escaped less."""
    return _ESCAPED.sub(lambda mark: mark[1] or html.unescape(mark[0]), markdown)


def _escaped(text: str) -> str:
    line = _INLINE.sub(r"\\\g<0>", _ENTITY.sub("&amp;", " ".join(text.split())))
    return _LINK.sub("&#40;", _TAG.sub("&lt;", line))
