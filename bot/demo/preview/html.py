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

# Drawings of our own for ``icon``, as paths.
LAUNCH = (
    "M14 3h7v7h-2V6.4l-8.3 8.3-1.4-1.4L17.6 5H14V3Z"
    "M5 5h6v2H5v12h12v-6h2v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z"
)
CHEVRON = (
    "M5.3 9.3a1 1 0 0 1 1.4 0l5.3 5.3 5.3-5.3a1 1 0 1 1 1.4 1.4l-6 6a1 1 0 0 1-1.4 0l-6-6"
    "a1 1 0 0 1 0-1.4Z"
)
PICTURE = (
    "M4 4h16a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Z"
    "m1 13h14l-4.5-6-3.5 4.5L8.5 12 5 17ZM8 10a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z"
)
SHEET = (
    "M6 2h8l5 5v14a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1Z"
    "m7 2v4h4l-4-4ZM8 12v2h8v-2H8Zm0 4v2h6v-2H8Z"
)
HASH = (
    "M10 3a1 1 0 0 1 1 1.2L10.4 7h5l.6-3.2a1 1 0 1 1 2 .4L17.4 7H20a1 1 0 1 1 0 2h-3l-1.2 6H19"
    "a1 1 0 1 1 0 2h-3.6l-.6 3.2a1 1 0 1 1-2-.4l.6-2.8h-5l-.6 3.2a1 1 0 1 1-2-.4L6.4 17H4"
    "a1 1 0 1 1 0-2h2.8L8 9H5a1 1 0 0 1 0-2h3.4L9 3.8A1 1 0 0 1 10 3Zm0 6-1.2 6h5L15 9h-5Z"
)
EYE = (
    "M12 5c5 0 8.6 4 10 7-1.4 3-5 7-10 7S3.4 15 2 12c1.4-3 5-7 10-7Z"
    "m0 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-2a2 2 0 1 1 0-4 2 2 0 0 1 0 4Z"
)
FLAME = (
    "M13 3c.5 2.6-.5 4-2 5.7C9.4 10.4 7.5 12.2 7.5 15a5 5 0 0 0 5 5 5 5 0 0 0 5-5"
    "c0-2.3-1-3.9-2-5-.2 1-.7 1.8-1.5 2.3.5-3.3 0-6.8-1-9.3Z"
)


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
