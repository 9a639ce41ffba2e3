"""HTML of a post, as a list of tags and texts. Pure.

Everything is looked at once, from left to right, and no tree is built: time is linear in the
length whatever is in it, and nesting costs nothing. What browsers do with a tag that does not end
is done here: nothing of it is shown.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import NamedTuple

MAX_CHARACTERS = 50_000
"""Characters. The longest posts of servers that allow long ones are not near it."""

_TAG = re.compile(r"<(?P<ends>/?)(?P<name>[a-zA-Z][^\s/>]*+)")
# A value without its closing quote takes all the rest with it, so nothing is looked at twice.
_ATTRIBUTE = re.compile(
    r"[\s/]*+(?P<name>=?[^\s/>=]++|=)"
    r"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"?|'(?P<single>[^']*+)'?|(?P<bare>[^\s>]*+)))?"
)
_END = re.compile(r"[\s/]*+>")
# Longer numbers stand for no character, and Python refuses to read the longest.
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}(?![0-9])|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F])|[a-zA-Z][a-zA-Z0-9]{1,31});?"
)


class Tag(NamedTuple):
    """``name`` and the names of ``attributes`` are in lower case, values are unescaped."""

    name: str
    ends: bool
    attributes: Mapping[str, str]


def pieces(markup: str) -> list[str | Tag]:
    """Tags, and the unescaped texts between. Raises ValueError beyond ``MAX_CHARACTERS``."""
    if len(markup) > MAX_CHARACTERS:
        raise ValueError(f"longer than {MAX_CHARACTERS:,} characters")
    return list(_pieces(markup))


def unescaped(text: str) -> str:
    """The text with its entities as characters."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text


def _pieces(markup: str) -> Iterator[str | Tag]:
    at = 0
    while 0 <= at < len(markup):
        if markup[at] != "<":
            end = markup.find("<", at)
            yield unescaped(markup[at:] if end < 0 else markup[at:end])
            at = end
        elif tag := _TAG.match(markup, at):
            attributes, at = _attributes(markup, tag.end())
            if at >= 0:
                yield Tag(tag["name"].lower(), bool(tag["ends"]), attributes)
        elif markup.startswith("<!--", at):
            at = _after("-->", markup, at)
        elif markup.startswith(("<!", "<?", "</"), at):
            at = _after(">", markup, at)
        else:
            yield "<"
            at += 1


def _after(closing: str, markup: str, at: int) -> int:
    place = markup.find(closing, at)
    return place if place < 0 else place + len(closing)


def _attributes(markup: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes that begin ``at`` a place, and where the tag ends, -1 when it does not."""
    attributes: dict[str, str] = {}
    while attribute := _ATTRIBUTE.match(markup, at):
        value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
        attributes.setdefault(attribute["name"].lower(), unescaped(value))
        at = attribute.end()
    end = _END.match(markup, at)
    return attributes, end.end() if end else -1
