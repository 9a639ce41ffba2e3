"""Discord's Markdown to HTML, with the rules of Discord's own client.

Where it differs from common Markdown: ``__`` underlines, ``-#`` is small print, ``||`` hides, a
newline is a newline, ``>>>`` quotes all that follows. The label of a masked link is special: a
backslash is shown there instead of escaping, and a label that holds a link or a mention makes the
whole thing plain text (github discord/discord-api-docs#6185, #6088). Cards are built with that in
mind, so the preview has to tell the truth about it.

Depth is bounded: below ``_DEEPEST`` nested marks the text is shown as it was typed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.demo.preview.html import Html, join, link, safe_url, tag
from bot.demo.preview.html import text as plain
from bot.demo.preview.times import written

_LONGEST = 4000
_DEEPEST = 10  # also where Discord's client stops nesting lists


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


_Found = re.Match[str]
_Rule = tuple[re.Pattern[str], Callable[[_Found, _Scope], Html | None]]


def markdown(text: str, *, zone: ZoneInfo, now: datetime | None = None) -> str:
    """``text`` as HTML for an element whose ``white-space`` keeps newlines.

    Times (``<t:1617093360:f>``) are written for a reader in ``zone``; relative ones (``:R``) as
    seen at ``now``, an aware time, or in full when there is none. What is too long for a message
    stays as it is: reading marks takes time that grows with the square.
    """
    if len(text) > _LONGEST:
        return plain(text)
    return _blocks(text.replace("\r\n", "\n"), _Scope(zone=zone, now=now))


# --- blocks: what can only begin at the start of a line ---


def _quote(found: _Found, scope: _Scope) -> Html | None:
    if scope.in_quote:
        return None
    quoted = found["rest"]
    if quoted is None:
        quoted = re.sub(r"^ *> +", "", found[0], flags=re.MULTILINE).removesuffix("\n")
    inner = replace(scope.inside(), in_quote=True)
    return tag("blockquote", _blocks(quoted, inner) or " ")


def _heading(found: _Found, scope: _Scope) -> Html | None:
    if scope.in_list:
        return None
    return tag(f"h{len(found['marks'])}", _inline(found["words"], scope.inside()))


def _subtext(found: _Found, scope: _Scope) -> Html:
    return tag("small", _inline(found["words"], scope.inside()))


def _list(found: _Found, scope: _Scope) -> Html:
    inner = replace(scope.inside(), in_list=True)
    items = (tag("li", _blocks(item, inner)) for item in _items(found[0]))
    number = found["bullet"].rstrip(".")
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


def _code_block(found: _Found, _: _Scope) -> Html:
    return tag("pre", tag("code", found["code"]))


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
    if scope.depth > _DEEPEST:
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
            found = _TEXT.match(text, position)
            position = found.end() if found else len(text)
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
        found = pattern.match(text, position)
        if found and found.end() > position:
            drawn = render(found, scope)
            if drawn is not None:
                return drawn, found.end()
    return None, position


# --- inline ---


def _inline(text: str, scope: _Scope) -> Html:
    if scope.depth > _DEEPEST:
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


def _wrapped(name: str, class_: str | None = None) -> Callable[[_Found, _Scope], Html]:
    def render(found: _Found, scope: _Scope) -> Html:
        return tag(name, _inline(found["words"], scope.inside()), class_=class_)

    return render


def _escaped(found: _Found, scope: _Scope) -> Html | None:
    return None if scope.in_label else plain(found["character"])


def _code(found: _Found, _: _Scope) -> Html:
    # One space inside each end is only there to keep a backtick apart from the marks.
    words = re.sub(r"^ (?= *`)|(?<=`) $", "", found["words"])
    return tag("code", words)


def _masked_link(found: _Found, scope: _Scope) -> Html | None:
    if scope.in_label:
        return None
    url = safe_url(re.sub(r"\\([^\w\s])", r"\1", found["url"]))
    if url is None or not found["label"].strip() or _NOT_IN_LABEL.search(found["label"]):
        return plain(found[0])
    return link(url, _inline(found["label"], replace(scope.inside(), in_label=True)))


def _bare_link(found: _Found, scope: _Scope) -> Html | None:
    url = safe_url(found["url"])
    return None if url is None or scope.in_label else link(url, url)


def _pill(prefix: str) -> Callable[[_Found, _Scope], Html]:
    """A mention. A payload holds only its id, so ``prefix`` says what it points to."""

    def render(found: _Found, _: _Scope) -> Html:
        return tag("span", prefix, class_="pill", title=found["id"])

    return render


def _command(found: _Found, _: _Scope) -> Html:
    return tag("span", f"/{found['name']}", class_="pill", title=found["id"])


def _everyone(found: _Found, _: _Scope) -> Html:
    return tag("span", found[0], class_="pill")


def _emoji(found: _Found, _: _Scope) -> Html:
    return tag("span", f":{found['name']}:", class_="emoji")


def _timestamp(found: _Found, scope: _Scope) -> Html | None:
    moment = written(int(found["unix"]), found["style"] or "f", zone=scope.zone, now=scope.now)
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
