"""Making strangers' text harmless in Discord, where a message is Markdown.

Discord's Markdown takes a backslash before any ASCII punctuation as "show this character"; its
client and server look for mentions and links separately, so those are broken up as well.
"""

import re

from bot.text.shorten import calm, cut, isolate, length

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
    shown = _ANYWHERE.sub(_disarmed, calm(text))
    shown = _LINE_START.sub(r"\1\2\\", shown)
    return isolate(_LAST_NUMBER_SIGN.sub(_ZERO_WIDTH_SPACE, shown))


def escape_to(text: str, limit: int, ellipsis: str = "…") -> str:
    """``text`` cut so that its escaped form has at most ``limit`` units; see cut and escape.

    What does not fit is left out of the raw text, so that no escape sequence is ever halved.
    """
    text = calm(text)
    room = min(limit, length(text))
    while True:
        shown = escape(cut(text, room, ellipsis))
        excess = length(shown) - max(limit, 0)
        if excess <= 0:
            return shown
        room -= max(1, excess // 2)


def _disarmed(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] else _ZERO_WIDTH_SPACE
