"""The page around the messages: channel, days, authors, and the switches for theme and width."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from bot.demo.preview import icons
from bot.demo.preview.components import Canvas
from bot.demo.preview.html import Html, icon, join, tag
from bot.demo.preview.markdown import markdown
from bot.demo.preview.times import styled

Theme = Literal["both", "dark", "light"]

# Discord leaves out the name above a message that follows its author's last one so closely.
_SAME_BREATH = timedelta(minutes=7)
_EPHEMERAL = 1 << 6  # message flag, Discord's reference "Message Flags"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMessage:
    """One message. ``payload`` is what is sent to Discord: ``components`` or ``content``."""

    author: str
    at: datetime
    payload: Mapping[str, object]
    ephemeral: bool = False
    note: str = ""

    @property
    def private(self) -> bool:
        flags = self.payload.get("flags")
        return self.ephemeral or (isinstance(flags, int) and bool(flags & _EPHEMERAL))


def page(
    messages: Sequence[PreviewMessage],
    *,
    channel: str,
    title: str,
    zone: ZoneInfo,
    theme: Theme = "both",
) -> str:
    """The messages, oldest first, as a whole HTML document for a reader in ``zone``.

    ``both`` follows the reader's system and has switches for theme and width, which the address
    can set too (``?theme=light&width=phone``). ``dark`` and ``light`` are fixed and without
    switches, for pictures.
    """
    fixed = theme != "both"
    log = tag("main", *_log(messages, zone), class_="log")
    frame = tag("div", _channel_header(channel), log, _composer(channel), class_="frame")
    body = tag("body", "" if fixed else _switches(title), frame, "" if fixed else _script())
    document = tag("html", _head(title), body, lang="en", data_theme=theme if fixed else None)
    return f"<!doctype html>\n{document}\n"


def _head(title: str) -> Html:
    # The page may load nothing at all, and run no script but its own.
    digest = b64encode(sha256(_asset("page.js").encode()).digest()).decode()
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        f"script-src 'sha256-{digest}'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(_asset("page.css"))),
    )


@cache
def _asset(name: str) -> str:
    return files("bot.demo.preview").joinpath(name).read_text(encoding="utf-8")


def _script() -> Html:
    return tag("script", Html(_asset("page.js")))


def _switches(title: str) -> Html:
    def switch(name: str, value: str, words: str) -> Html:
        return tag("button", words, type="button", data_set=name, data_to=value)

    theme = (switch("theme", "dark", "Dark"), switch("theme", "light", "Light"))
    width = (switch("width", "desktop", "Desktop"), switch("width", "phone", "Phone"))
    groups = (
        tag("span", *theme, role="group", aria_label="Theme"),
        tag("span", *width, role="group", aria_label="Width"),
    )
    return tag("nav", tag("h1", title), tag("div", *groups, class_="switches", hidden=True))


def _channel_header(channel: str) -> Html:
    return tag("header", icon(icons.HASH), tag("span", channel), class_="channel")


def _composer(channel: str) -> Html:
    return tag("footer", tag("div", f"Message #{channel}"), class_="composer")


def _log(messages: Sequence[PreviewMessage], zone: ZoneInfo) -> Iterator[Html]:
    before: PreviewMessage | None = None
    for message in messages:
        local = message.at.astimezone(zone)
        if before is None or before.at.astimezone(zone).date() != local.date():
            yield tag("div", tag("span", styled(local, "D")), class_="day")
            before = None
        if message.note:
            yield tag("p", message.note, class_="note")
        yield _message(message, zone, follows=_follows(message, before))
        before = message


def _follows(message: PreviewMessage, before: PreviewMessage | None) -> bool:
    """Whether the message stands below its author's last one, without a name of its own."""
    if before is None or message.note or message.private or before.private:
        return False
    return before.author == message.author and message.at - before.at < _SAME_BREATH


def _message(message: PreviewMessage, zone: ZoneInfo, *, follows: bool) -> Html:
    body = tag(
        "div",
        "" if follows else _byline(message, zone),
        _content(message, zone),
        _private_line() if message.private else "",
        class_="body",
    )
    classes = "message" + " follows" * follows + " private" * message.private
    return tag("article", "" if follows else _avatar(), body, class_=classes)


def _byline(message: PreviewMessage, zone: ZoneInfo) -> Html:
    at = message.at.astimezone(zone)
    return tag(
        "header",
        tag("span", message.author, class_="author"),
        tag("span", "APP", class_="app"),
        tag("time", styled(at, "s"), datetime=at.isoformat()),
        class_="byline",
    )


def _avatar() -> Html:
    return tag("div", icon(icons.FLAME), class_="avatar")


def _content(message: PreviewMessage, zone: ZoneInfo) -> Html:
    canvas = Canvas(markdown=partial(markdown, zone=zone, now=message.at))
    content = message.payload.get("content")
    words = canvas.text(content) if isinstance(content, str) and content else ""
    return tag("div", join((words, canvas.draw(message.payload.get("components")))), class_="stack")


def _private_line() -> Html:
    dismiss = tag("span", "Dismiss message", class_="dismiss")
    return tag("p", icon(icons.EYE), "Only you can see this • ", dismiss, class_="only-you")
