"""Discord's Markdown to HTML, with the rules of Discord's own client.

Where it differs from common Markdown: ``__`` underlines, ``-#`` is small print, ``||`` hides, a
newline is a newline, ``>>>`` quotes all that follows. The label of a masked link is special: a
backslash is shown there instead of escaping, and a label that holds a link or a mention makes the
whole thing plain text (github discord/discord-api-docs#6185, #6088). Cards are built with that in
mind, so the preview has to tell the truth about it.

Depth is bounded: below ``_MAX_DEPTH`` nested marks the text is shown as it was typed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.demo.preview.html import Html, join, link, safe_url, tag
from bot.demo.preview.html import text as plain

_MAX_CHARACTERS = 4000
_MAX_DEPTH = 10  # also where Discord's client stops nesting lists

# discord.py's ``discord.utils.format_dt`` lists the styles with these examples.
_STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "{day} %B %Y",
    "f": "{day} %B %Y at %H:%M",
    "F": "%A, {day} %B %Y at %H:%M",
    "s": "%d/%m/%Y, %H:%M",
    "S": "%d/%m/%Y, %H:%M:%S",
}
_UNITS = (
    ("year", 365 * 86_400),
    ("month", 30 * 86_400),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Where in a message we are, and who reads it."""

    zone: ZoneInfo
    now: datetime | None
    depth: int = 0
    in_quote: bool = False
    in_list: bool = False
    in_label: bool = False

    def inside(self) -> "_Scope":
        return replace(self, depth=self.depth + 1)


_Match = re.Match[str]
_Rule = tuple[re.Pattern[str], Callable[[_Match, _Scope], Html | None]]


def markdown(text: str, *, zone: ZoneInfo, now: datetime | None = None) -> str:
    """``text`` as HTML for an element whose ``white-space`` keeps newlines.

    Times (``<t:1617093360:f>``) are written for a reader in ``zone``; relative ones (``:R``) as
    seen at ``now``, an aware time, or in full when there is none. What is too long for a message
    stays as it is: reading marks takes time that grows with the square.
    """
    if len(text) > _MAX_CHARACTERS:
        return plain(text)
    return _blocks(text.replace("\r\n", "\n"), _Scope(zone=zone, now=now))


# --- blocks: what can only begin at the start of a line ---


def _quote(match: _Match, scope: _Scope) -> Html | None:
    if scope.in_quote:
        return None
    quoted = match["rest"]
    if quoted is None:
        quoted = re.sub(r"^ *> +", "", match[0], flags=re.MULTILINE).removesuffix("\n")
    inner = replace(scope.inside(), in_quote=True)
    return tag("blockquote", _blocks(quoted, inner) or " ")


def _heading(match: _Match, scope: _Scope) -> Html | None:
    if scope.in_list:
        return None
    return tag(f"h{len(match['marks'])}", _inline(match["words"], scope.inside()))


def _subtext(match: _Match, scope: _Scope) -> Html:
    return tag("small", _inline(match["words"], scope.inside()))


def _list(match: _Match, scope: _Scope) -> Html:
    inner = replace(scope.inside(), in_list=True)
    items = (tag("li", _blocks(item, inner)) for item in _items(match[0]))
    number = match["bullet"].rstrip(".")
    if not number.isdigit():
        return tag("ul", *items)
    return tag("ol", *items, start=str(min(max(int(number), 1), 1_000_000_000)))


def _items(lines: str) -> Iterator[str]:
    """The text of each item of a list, without its bullet and its indentation."""
    item: list[str] = []
    margin = width = -1
    for line in lines.removesuffix("\n").split("\n"):
        bullet = _BULLET.match(line)
        if bullet and (margin < 0 or len(bullet["indent"]) <= margin):
            if item:
                yield "\n".join(item)
            margin, width = len(bullet["indent"]), bullet.end()
            item = [line[width:]]
        else:
            item.append(re.sub(rf"^ {{1,{width}}}", "", line))
    yield "\n".join(item)


def _code_block(match: _Match, _: _Scope) -> Html:
    return tag("pre", tag("code", match["code"]))


_BULLET = re.compile(r"(?P<indent> *)(?:[-*]|[0-9]{1,9}\.) +")
_CODE_BLOCK = re.compile(r"```(?:[\w+\-.#]+\n)?\n*(?P<code>[^\n][\s\S]*?)\n*```\n?")
_BLOCKS: tuple[_Rule, ...] = (
    (re.compile(r" *>>> +(?P<rest>[\s\S]*)|(?: *> +[^\n]*(?:\n|\Z))+"), _quote),
    # Discord swallows the blank lines below a heading and the marks that close it.
    (re.compile(r" *(?P<marks>#{1,3})[ \t]+(?!#)(?P<words>[^\n]+?)#*\s*(?:\n|\Z)"), _heading),
    (re.compile(r"-#[ \t]+(?P<words>[^\n]+)(?:\n|\Z)"), _subtext),
    (
        re.compile(
            r" *(?P<bullet>[-*]|[0-9]{1,9}\.) [^\n]*\S[^\n]*(?:\n|\Z)"
            r"(?:(?: +\S| *(?:[-*]|[0-9]{1,9}\.) )[^\n]*(?:\n|\Z))*"
        ),
        _list,
    ),
)
# As far as plain text goes: to the end of the line, or to what may be a code block.
_TEXT = re.compile(r"(?:\\[^\n]|(?!```)[^\n])*\n?")


def _blocks(text: str, scope: _Scope) -> Html:
    if scope.depth > _MAX_DEPTH:
        return plain(text)
    parts: list[Html] = []
    start = position = 0
    while position < len(text):
        block, end = _block_at(text, position, scope)
        if block is not None:
            parts += (_run(text[start:position], scope), block)
            start = position = end
        elif text.startswith("```", position):
            position += 3
        else:
            match = _TEXT.match(text, position)
            position = match.end() if match else len(text)
    rest = text[start:]
    return join([*parts, _run(rest, scope)]) if parts else _inline(rest, scope)


def _run(text: str, scope: _Scope) -> Html:
    """Text between blocks, as an element: a block's margins depend on what stands beside it."""
    return tag("span", _inline(text, scope)) if text else Html()


def _block_at(text: str, position: int, scope: _Scope) -> tuple[Html | None, int]:
    rules = _BLOCKS if position == 0 or text[position - 1] == "\n" else ()
    return _first((*rules, (_CODE_BLOCK, _code_block)), text, position, scope)


def _first(
    rules: tuple[_Rule, ...], text: str, position: int, scope: _Scope
) -> tuple[Html | None, int]:
    """What the first rule that fits makes of the text at ``position``, and where that ends."""
    for pattern, render in rules:
        match = pattern.match(text, position)
        if match and match.end() > position:
            drawn = render(match, scope)
            if drawn is not None:
                return drawn, match.end()
    return None, position


# --- inline ---


def _inline(text: str, scope: _Scope) -> Html:
    if scope.depth > _MAX_DEPTH:
        return plain(text)
    parts: list[str] = []
    start = 0
    mark = _MARK.search(text)
    while mark:
        position = mark.start()
        drawn, end = _first(_INLINE[text[position]], text, position, scope)
        if drawn is None:
            end = position + 1
        else:
            parts += (text[start:position], drawn)
            start = end
        mark = _MARK.search(text, end)
    return join([*parts, text[start:]])


def _wrapped(name: str, class_: str | None = None) -> Callable[[_Match, _Scope], Html]:
    def render(match: _Match, scope: _Scope) -> Html:
        return tag(name, _inline(match["words"], scope.inside()), class_=class_)

    return render


def _escaped(match: _Match, scope: _Scope) -> Html | None:
    return None if scope.in_label else plain(match["character"])


def _code(match: _Match, _: _Scope) -> Html:
    # One space inside each end is only there to keep a backtick apart from the marks.
    words = re.sub(r"^ (?= *`)|(?<=`) $", "", match["words"])
    return tag("code", words)


def _masked_link(match: _Match, scope: _Scope) -> Html | None:
    if scope.in_label:
        return None
    url = safe_url(re.sub(r"\\([^\w\s])", r"\1", match["url"]))
    if url is None or not match["label"].strip() or _NOT_IN_LABEL.search(match["label"]):
        return plain(match[0])
    return link(url, _inline(match["label"], replace(scope.inside(), in_label=True)))


def _bare_link(match: _Match, scope: _Scope) -> Html | None:
    url = safe_url(match["url"])
    return None if url is None or scope.in_label else link(url, url)


def _pill(prefix: str) -> Callable[[_Match, _Scope], Html]:
    """A mention. A payload holds only its id, so ``prefix`` says what it points to."""

    def render(match: _Match, _: _Scope) -> Html:
        return tag("span", prefix, class_="pill", title=match["id"])

    return render


def _command(match: _Match, _: _Scope) -> Html:
    return tag("span", f"/{match['name']}", class_="pill", title=match["id"])


def _everyone(match: _Match, _: _Scope) -> Html:
    return tag("span", match[0], class_="pill")


def _emoji(match: _Match, _: _Scope) -> Html:
    return tag("span", f":{match['name']}:", class_="emoji")


def _timestamp(match: _Match, scope: _Scope) -> Html | None:
    moment = _written(int(match["unix"]), match["style"] or "f", zone=scope.zone, now=scope.now)
    return tag("time", moment) if moment else None


# "A*" and "snake_case" are no marks: a mark has no space inside, an underscore no letter outside.
_EM_STAR = re.compile(
    r"\*(?=\S)(?P<words>(?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|\*\*|[^\s*\\])|[^\s*\\])+?)\*(?!\*)"
)
_EM_LINE = re.compile(r"\b_(?P<words>(?:__|\\[\s\S]|[^\\_])+?)_\b")
_NOT_IN_LABEL = re.compile(r"https?://|discord\.gg/|@everyone|@here|<[@#/]|<id:", re.IGNORECASE)
_NAME = r"[-\w]{1,32}"

_INLINE: dict[str, tuple[_Rule, ...]] = {
    "\\": ((re.compile(r"\\(?P<character>[^0-9A-Za-z\s])"), _escaped),),
    "`": ((re.compile(r"(?P<marks>`+)(?P<words>[\s\S]*?[^`])(?P=marks)(?!`)"), _code),),
    "*": (
        (_EM_STAR, _wrapped("em")),
        (re.compile(r"\*\*(?P<words>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"), _wrapped("strong")),
    ),
    "_": (
        (_EM_LINE, _wrapped("em")),
        (re.compile(r"__(?P<words>(?:\\[\s\S]|[^\\])+?)__(?!_)"), _wrapped("u")),
    ),
    "~": ((re.compile(r"~~(?P<words>[\s\S]+?)~~(?!_)"), _wrapped("s")),),
    "|": ((re.compile(r"\|\|(?P<words>[\s\S]+?)\|\|"), _wrapped("span", "spoiler")),),
    "[": (
        (
            re.compile(
                r"\[(?P<label>(?:[^\[\]]|\[[^\]]*\]|\](?=[^\[]*\]))*)\]"
                r"\(\s*<?(?P<url>(?:\([^\s()]*\)|\\.|[^\s\\()<>])*)>?"
                r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
            ),
            _masked_link,
        ),
    ),
    "<": (
        (re.compile(r"<(?P<url>https?://[^\s<>]+)>"), _bare_link),
        (re.compile(r"<@!?(?P<id>[0-9]+)>"), _pill("@member")),
        (re.compile(r"<@&(?P<id>[0-9]+)>"), _pill("@role")),
        (re.compile(r"<#(?P<id>[0-9]+)>"), _pill("#channel")),
        (re.compile(r"<id:(?P<id>[a-z-]+)(?::[0-9]+)?>"), _pill("#server guide")),
        (re.compile(rf"</(?P<name>{_NAME}(?: {_NAME}){{0,2}}):(?P<id>[0-9]+)>"), _command),
        (re.compile(r"<a?:(?P<name>\w+):[0-9]+>"), _emoji),
        (re.compile(r"<t:(?P<unix>-?[0-9]{1,17})(?::(?P<style>[tTdDfFsSR]))?>"), _timestamp),
    ),
    "@": ((re.compile(r"@(?:everyone|here)"), _everyone),),
    # Without the full stop or the bracket that ends the sentence around it.
    "h": (
        (
            re.compile(
                r"(?P<url>https?://(?:\([^\s<()]*\)|[^\s<()])*"
                r"(?:\([^\s<()]*\)|[^\s<>.,:;\"'\]()]))"
            ),
            _bare_link,
        ),
    ),
}
_MARK = re.compile("[" + re.escape("".join(_INLINE)) + "]")


# --- times, as Discord writes them for one reader, in British English ---


def styled(at: datetime, style: str) -> str:
    """``at``, already in the reader's zone, in one of Discord's absolute styles."""
    return at.strftime(_STYLES[style]).replace("{day}", str(at.day))


def _written(unix: int, style: str, *, zone: ZoneInfo, now: datetime | None) -> str | None:
    """The moment ``unix`` (seconds) in Discord's ``style``; ``None`` when no calendar has it."""
    try:
        at = datetime.fromtimestamp(unix, zone)
    except (OverflowError, ValueError, OSError):
        return None
    if style != "R":
        return styled(at, style)
    return styled(at, "f") if now is None else _relative((at - now).total_seconds())


def _relative(seconds: float) -> str:
    """Such as "in 5 minutes" for 300.0 and "2 hours ago" for -7200.0."""
    name, size = next((unit for unit in _UNITS if abs(seconds) >= unit[1]), _UNITS[-1])
    count = int(abs(seconds) // size)
    amount = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"
