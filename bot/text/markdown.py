"""Making strangers' text harmless in Discord, where a message is Markdown.

Discord's Markdown takes a backslash before any ASCII punctuation as "show this character"; its
client and server look for mentions and links separately, so those are broken up as well.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

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

_WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_UNSAFE = re.compile(r"[\s()<>\\\[\]\"']")
_SHORTEST_LABEL = 8
_BALANCED = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*")
_NESTED = re.compile(r"\]\(")
_BRACKETS = str.maketrans("[]", "［］")
# Discord's word characters are ASCII: in "ℒ_total, ℒ_rest" the marks do stand at word ends.
_PAIRS = (
    (re.compile(r"\*.+\*"), str.maketrans("*", "∗")),
    (re.compile(r"(?<![0-9A-Za-z_])_.+_(?![0-9A-Za-z_])|__"), str.maketrans("_", "ˍ")),
    (re.compile(r"`.+`"), str.maketrans("`", "ˋ")),
)
_LABEL_BREAKS = re.compile(
    r"(?<=:)(?=//|[\w+~-]+:)|(?<=discord\.gg)(?=/)|(?<=discord\.com)(?=/)"
    r"|(?<=discordapp\.com)(?=/)|(?<=@)(?=everyone|here|[!&]?\d)|(?<=<)(?=[@#:/a-z])"
    r"|(?<=~)(?=~)|(?<=\|)(?=\|)",
    re.IGNORECASE,
)


def escape(text: str) -> str:
    """``text`` written so that Discord shows exactly it: no Markdown, no mention, no live link.

    Covers emphasis, code, spoilers, quotes, headings, subtext, lists, masked links, mentions of
    all kinds, custom and named emoji, timestamps and invites. An address stays readable but is
    neither a link nor unfurled, since a stranger wrote it and it may stand inside a link of
    ours; make the links that a card needs yourself. The text is calmed and right-to-left lines
    are isolated (``shorten.calm``, ``isolate``). At most about twice as long. Only for places
    with Markdown: backslashes would show in a button (use ``label``) and in the text of a masked
    link (use ``link``).
    """
    shown = _ANYWHERE.sub(_disarmed, calm(text))
    shown = _LINE_START.sub(r"\1\2\\", shown)
    return isolate(_LAST_NUMBER_SIGN.sub(_ZERO_WIDTH_SPACE, shown))


def escape_to(text: str, limit: int, ellipsis: str = "…") -> str:
    """``text`` cut so that its escaped form has at most ``limit`` units; see cut and escape.

    What does not fit is left out of the raw text, so that no escape sequence is ever halved.
    """
    return _fitted(calm(text), limit, ellipsis, escape)


def link(text: str, url: str, limit: int, ellipsis: str = "…") -> str:
    """A masked link ``[text](url)`` of at most ``limit`` units that shows exactly ``text``.

    The label of a masked link has its own rules: backslashes are shown there, and an address,
    mention or ``[`` in it makes the whole link plain text (github discord/discord-api-docs#6185,
    #6088, #7721). So marks that could pair are replaced by look-alikes (∗ for ``*``) and the
    rest is broken up by zero-width spaces. One line. An address that is not http(s), or leaves
    no room for a word, is left out: the text alone is escaped then.
    """
    address = _UNSAFE.sub(lambda found: quote(found[0]), url)
    room = limit - length(f"[]({address})")
    if not _WEB.match(address) or room < _SHORTEST_LABEL:
        return escape_to(" ".join(text.split()), limit, ellipsis)
    line = " ".join(calm(text).split()) or address.removeprefix("https://")
    return f"[{_fitted(line, room, ellipsis, _label)}]({address})"


def _fitted(text: str, limit: int, ellipsis: str, form: Callable[[str], str]) -> str:
    """``form`` of as much of ``text`` as leaves it within ``limit`` units."""
    room = min(limit, length(text))
    while True:
        shown = form(cut(text, room, ellipsis))
        excess = length(shown) - max(limit, 0)
        if excess <= 0:
            return shown
        room -= max(1, excess // 2)


def _label(text: str) -> str:
    if _NESTED.search(text) or not _BALANCED.fullmatch(text):
        text = text.translate(_BRACKETS)
    for pairs, look_alikes in _PAIRS:
        if pairs.search(text):
            text = text.translate(look_alikes)
    return isolate(_LABEL_BREAKS.sub(_ZERO_WIDTH_SPACE, text))


def _disarmed(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found[0] else _ZERO_WIDTH_SPACE
