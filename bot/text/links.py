"""Strangers' text as the label of a masked link, where Discord obeys Markdown but not backslashes.

Inside ``[label](address)`` a backslash is shown, so an active character cannot be escaped there;
it is replaced by one that looks like it, and only where it would act. A label that holds an
address or a mention makes Discord show the whole thing as typed, so such a text is not linked
(github discord/discord-api-docs#6185, #6088).
"""

import re
from functools import lru_cache
from urllib.parse import quote

from bot.text.truncate import calm, cut, isolate, length

_WORD_JOINER = "\u2060"
# Headings, Discord's small print, quotes, lists, rules, and definitions, which show nothing at all.
_BLOCK_MARK = re.compile(
    r"#{1,6}(?:\s|$)|-#|>|[-+*](?:\s|$)|(?:[-+*_=]\s*){3,}$|\d{1,9}[.)](?:\s|$)|\[[^\]]*\]:"
)

# Each is one UTF-16 unit for one, so a label is as long as its text.
LOOK_ALIKES = {
    "\\": "∖",
    "*": "∗",
    "_": "ˍ",
    "~": "∼",
    "`": "ˋ",
    "|": "∣",
    ":": "∶",
    "[": "［",
    "]": "］",
}

_NOT_IN_LABEL = re.compile(
    r"://|discord(?:app)?\.(?:gg|com)/|@everyone|@here|<[@#/]|<id:|<t:|<a?:\w+:", re.IGNORECASE
)
_PAIRED = {
    "*": re.compile(r"\*"),
    "`": re.compile("`"),
    # Inside a word it is no mark (a word of ASCII letters: that is how JavaScript sees it).
    "_": re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"),
}
_ACTIVE = re.compile(r"\\|\|(?=\|)|(?<=\|)\||~(?=~)|(?<=~)~|:(?=[\w+~-]+:)")


def linked(text: str, address: str, limit: int) -> str | None:
    """``[text](address)`` with at most ``limit`` units of text; None where it cannot be a link.

    ``address`` must be one of ours or have gone through ``web_address``.
    """
    label = link_label(text, limit)
    return f"[{label}]({address})" if label else None


@lru_cache(maxsize=2048)
def link_label(text: str, limit: int) -> str | None:
    """``text`` on one line, cut to ``limit`` units, so that a masked link shows exactly it.

    A label is read as a text of its own, so a word joiner, which is not seen, stands before what
    would begin a heading or a list in it. None when nothing is left to show, or when Discord would
    not make a link of it.
    """
    line = " ".join(calm(text).split())
    if _NOT_IN_LABEL.search(line):
        return None
    label = isolate(_disarmed(cut(line, limit)))
    if length(label) > limit:
        label = isolate(_disarmed(cut(line, limit - 3)))
    return label if label.strip("\u200b\u2060\ufeff \u2068\u2069") else None


def _disarmed(line: str) -> str:
    if _BLOCK_MARK.match(line):
        line = _WORD_JOINER + line
    # A lone mark does nothing: "A* search" stays as it is.
    for mark, active in _PAIRED.items():
        if line.count(mark) > 1:
            line = active.sub(LOOK_ALIKES[mark], line)
    line = _ACTIVE.sub(lambda mark: LOOK_ALIKES[mark[0]], line)
    return line if _BALANCED.fullmatch(line) else line.translate(_BRACKETS)


_BRACKETS = str.maketrans({bracket: LOOK_ALIKES[bracket] for bracket in "[]"})
# Pairs that stand side by side and not before a parenthesis, which would be a link of its own.
_BALANCED = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\](?!\())*")


# Discord's server may look for mentions in an address too.
_UNSAFE = re.compile(
    r"[^!#$&'*+,\-./0-9:;=?@A-Z_a-z~%]|@(?=everyone|here)", re.IGNORECASE | re.ASCII
)
_ADDRESS = re.compile(r"https?://[^/?#@\s]+(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)


def web_address(url: str, limit: int = 300) -> str | None:
    """``url`` written so that it can stand in a masked link; None if it is none, or too long.

    What would end or confuse the link is percent-encoded (RFC 3986).
    """
    if not _ADDRESS.fullmatch(url) or any(c.isspace() for c in url):
        return None
    written = _UNSAFE.sub(lambda character: quote(character[0], safe="", errors="replace"), url)
    return written if len(written) <= limit else None
