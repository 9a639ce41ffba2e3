"""Making strangers' text harmless in Discord, where a message is Markdown.

Discord's Markdown takes a backslash before any ASCII punctuation as "show this character"; its
client and server look for mentions and links separately, so those are broken up as well.
"""

import re
from bisect import bisect_right

from bot.text.truncate import calm, cuts, isolate, length

# What stands in for the mark of a mention: nothing is seen, nobody is called. discord.py breaks
# mentions up with the same character (discord.utils.escape_mentions).
_ZERO_WIDTH_SPACE = "\u200b"
_ANYWHERE = re.compile(
    r"[\\*_~|`\[\]<>]"  # emphasis, spoilers, code, quotes, links; mentions, timestamps, emoji
    r"|(?<=\])\("
    r"|:(?=//|[\w+~-]+:)"  # addresses, :emoji: names
    r"|(?<=discord\.gg)/|(?<=discord\.com)/|(?<=discordapp\.com)/"  # invites need no https://
    r"|(?<=@)(?=everyone|here|[!&]?\d)",
    re.IGNORECASE,
)
# A heading swallows the number signs that end its line, even those of "C#".
_LAST_NUMBER_SIGN = re.compile(r"(?<=#)$", re.MULTILINE)
_LINE_START = re.compile(r"^([^\S\n]*)(?:(?=[#+-])|(\d{1,9})(?=[.)](?:\s|$)))", re.MULTILINE)


def escape(text: str) -> str:
    """``text`` written so that Discord shows exactly it: no Markdown, no mention, no live link.

    Covers emphasis, code, spoilers, quotes, headings, subtext, lists, masked links, mentions of
    all kinds, custom and named emoji, timestamps and invites. An address stays readable but is
    neither a link nor unfurled, since a stranger wrote it; make the links that a card needs
    yourself. The text is calmed and right-to-left lines are isolated (``shorten.calm``,
    ``isolate``). At most about twice as long. Only for places with Markdown: backslashes would
    show in a button (use ``label``) and in the label of a masked link (use ``bot.text.links``).
    """
    return _escaped(calm(text))


def _escaped(text: str) -> str:
    escaped = _ANYWHERE.sub(_disarmed, text)
    escaped = _LINE_START.sub(r"\1\2\\", escaped)
    return isolate(_LAST_NUMBER_SIGN.sub(_ZERO_WIDTH_SPACE, escaped))


def escape_to(text: str, limit: int, ellipsis: str = "…") -> str:
    """``text`` cut so that its escaped form has at most ``limit`` units; see cut and escape.

    What does not fit is left out of the raw text, so that no escape sequence is ever halved.
    """
    text = calm(text)
    max_units = max(0, min(limit, length(text)))
    beginning = cuts(text, max_units, ellipsis)

    def escaped(room: int) -> str:
        return _escaped(beginning(room))

    if length(whole := escaped(max_units)) <= max(0, limit):
        return whole
    # What fits into no room is nothing, so there is always one before the first that is too long.
    longer = bisect_right(range(max_units), limit, key=lambda room: length(escaped(room)))
    return escaped(longer - 1)


def _disarmed(mark: re.Match[str]) -> str:
    return f"\\{mark[0]}" if mark[0] else _ZERO_WIDTH_SPACE
