"""Building HTML in which nothing from outside can be anything but text.

Everything is escaped where it enters an element, unless it is already ``Html``, and only this
module's functions make ``Html`` out of other strings. Adding a plain string to ``Html`` gives a
plain string, so a slip is escaped twice and never too little.
"""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

# Characters that an HTML document may not hold, or that UTF-8 cannot write (lone surrogates).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_VOID = frozenset({"br", "hr", "meta"})


class Html(str):
    """Text that is already HTML."""

    __slots__ = ()


def text(value: str) -> Html:
    """``value`` as HTML text; what is ``Html`` already stays as it is."""
    if isinstance(value, Html):
        return value
    return Html(escape(_UNPRINTABLE.sub("", value.replace("\r\n", "\n")), quote=True))


def join(parts: Iterable[str]) -> Html:
    """The parts one after the other, each escaped unless it is ``Html``."""
    return Html("".join(map(text, parts)))


def tag(name: str, /, *children: str, **attributes: str | bool | None) -> Html:
    """One element. ``class_`` is written ``class`` and ``aria_label`` ``aria-label``.

    An attribute that is ``None`` or ``False`` is left out; ``True`` stands alone (``disabled``).
    The names are ours: never pass a name that came from outside.
    """
    opening = name + "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{opening}>")
    return Html(f"<{opening}>{join(children)}</{name}>")


def safe_url(url: str) -> str | None:
    """``url`` when a reader may follow it: http or https with a host. Otherwise ``None``."""
    if _UNPRINTABLE.search(url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:  # such as an unclosed "[" in the host
        return None


def link(url: str, *children: str, class_: str | None = None) -> Html:
    """An anchor to an address that ``safe_url`` let through."""
    return tag("a", *children, class_=class_, href=url, target="_blank", rel="noopener noreferrer")


def icon(path: str, *, class_: str = "icon") -> Html:
    """An inline drawing on a grid of 24 by 24, in the colour of the text around it."""
    drawing = tag("path", d=path, fill="currentColor")
    return tag("svg", drawing, class_=class_, viewBox="0 0 24 24", aria_hidden="true")
