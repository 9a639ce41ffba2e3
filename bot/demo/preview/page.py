"""The page: channel, days, authors, switches for theme and width, and the messages in it.

Messages are Discord's components (Components V2), in the shapes of its component reference. A
payload is read with tolerance, as a preview is most wanted when a message is wrong. What is not
known is shown as a box with its number.
"""

from base64 import b64encode
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from bot.demo.preview.html import (
    CHEVRON,
    EYE,
    FLAME,
    HASH,
    LAUNCH,
    PICTURE,
    SHEET,
    Html,
    icon,
    join,
    link,
    safe_url,
    tag,
)
from bot.demo.preview.markdown import markdown, styled

Json = Mapping[str, object]
Theme = Literal["both", "dark", "light"]

_BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_LINK_BUTTON = 5

# Discord leaves out the name above a message that follows its author's last one so closely.
_SAME_BREATH = timedelta(minutes=7)
_EPHEMERAL = 1 << 6  # message flag, Discord's reference "Message Flags"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMessage:
    """One message. ``payload`` is what is sent to Discord: ``components`` or ``content``.

    ``in_place`` is of an answer that takes the place of the private message it was asked from.
    """

    author: str
    at: datetime
    payload: Mapping[str, object]
    ephemeral: bool = False
    note: str = ""
    in_place: bool = False

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
    answers: Mapping[str, PreviewMessage] = MappingProxyType({}),
) -> str:
    """The messages, oldest first, as a whole HTML document for a reader in ``zone``.

    ``both`` follows the reader's system and has switches for theme and width, which the address
    can set too (``?theme=light&width=phone``). ``dark`` and ``light`` are fixed and without
    switches, for pictures. ``answers`` are what buttons show when they are pressed, by their
    custom ids; other buttons do nothing.
    """
    fixed = theme != "both"
    log = tag("main", *_log(messages, zone, answers), class_="log")
    header = tag("header", icon(HASH), tag("span", channel), class_="channel")
    composer = tag("footer", tag("div", f"Message #{channel}"), class_="composer")
    frame = tag("div", header, log, composer, class_="frame")
    body = tag(
        "body",
        "" if fixed else _switches(title),
        frame,
        *(_answer(custom_id, message, zone, answers) for custom_id, message in answers.items()),
        "" if fixed else tag("script", Html(_asset("page.js"))),
    )
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


def _answer(
    custom_id: str, message: PreviewMessage, zone: ZoneInfo, answered: Container[str]
) -> Html:
    """What the script shows for the button with ``custom_id``; a browser draws no template."""
    article = _message(message, zone, answered, follows=False)
    return tag("template", article, data_answer=custom_id, data_in_place=message.in_place)


def _log(
    messages: Sequence[PreviewMessage], zone: ZoneInfo, answered: Container[str]
) -> Iterator[Html]:
    before: PreviewMessage | None = None
    for message in messages:
        local = message.at.astimezone(zone)
        if before is None or before.at.astimezone(zone).date() != local.date():
            yield tag("div", tag("span", styled(local, "D")), class_="day")
            before = None
        if message.note:
            yield tag("p", message.note, class_="note")
        yield _message(message, zone, answered, follows=_follows(message, before))
        before = message


def _follows(message: PreviewMessage, before: PreviewMessage | None) -> bool:
    """Whether the message stands below its author's last one, without a name of its own."""
    if before is None or message.note or message.private or before.private:
        return False
    return before.author == message.author and message.at - before.at < _SAME_BREATH


def _message(
    message: PreviewMessage, zone: ZoneInfo, answered: Container[str], *, follows: bool
) -> Html:
    dismiss = tag("button", "Dismiss message", type="button", class_="dismiss")
    private = tag("p", icon(EYE), "Only you can see this • ", dismiss, class_="only-you")
    body = tag(
        "div",
        "" if follows else _byline(message, zone),
        _content(message, zone, answered),
        private if message.private else "",
        class_="body",
    )
    classes = "message" + " follows" * follows + " private" * message.private
    return tag(
        "article",
        "" if follows else tag("div", icon(FLAME), class_="avatar"),
        body,
        class_=classes,
        tabindex="-1",
    )


def _byline(message: PreviewMessage, zone: ZoneInfo) -> Html:
    at = message.at.astimezone(zone)
    return tag(
        "header",
        tag("span", message.author, class_="author"),
        tag("span", "APP", class_="app"),
        tag("time", styled(at, "s"), datetime=at.isoformat()),
        class_="byline",
    )


def _content(message: PreviewMessage, zone: ZoneInfo, answered: Container[str]) -> Html:
    canvas = Canvas(partial(markdown, zone=zone, now=message.at), answered)
    content = message.payload.get("content")
    words = canvas.text(content) if isinstance(content, str) and content else ""
    return tag("div", join((words, canvas.draw(message.payload.get("components")))), class_="stack")


# --- components ---


@dataclass(frozen=True, slots=True)
class Canvas:
    """``markdown`` turns the text of a message into HTML, with its reader's zone.

    ``answered`` are the custom ids of the buttons that do something.
    """

    markdown: Callable[[str], str]
    answered: Container[str]

    def draw(self, components: object) -> Html:
        """Components, one below the other."""
        return join(map(self._component, _sequence(components)))

    def _component(self, component: object) -> Html:
        if not isinstance(component, Mapping):
            return _unknown(component)
        draw = _DRAWERS.get(_number(component, "type"))
        return draw(self, component) if draw else _unknown(component.get("type"))

    def _container(self, component: Json) -> Html:
        accent = component.get("accent_color")
        colour = f"--accent: #{accent & 0xFFFFFF:06x}" if isinstance(accent, int) else None
        inside = self.draw(component.get("components"))
        if component.get("spoiler"):
            inside = join((tag("span", "SPOILER", class_="covered-by"), inside))
        classes = "container" + " accented" * bool(colour) + " covered" * _is(component, "spoiler")
        return tag("div", inside, class_=classes, style=colour)

    def _section(self, component: Json) -> Html:
        texts = tag("div", self.draw(component.get("components")), class_="section-texts")
        return tag("div", texts, self._component(component.get("accessory")), class_="section")

    def _text(self, component: Json) -> Html:
        return self.text(_string(component, "content"))

    def text(self, content: str) -> Html:
        return tag("div", Html(self.markdown(content)), class_="text")

    def _row(self, component: Json) -> Html:
        return tag("div", self.draw(component.get("components")), class_="row")

    def _button(self, component: Json) -> Html:
        style = _number(component, "style")
        inside = join((_emoji(component.get("emoji")), _label(component)))
        classes = f"button {_BUTTON_STYLES.get(style, 'secondary')}"
        url = safe_url(_string(component, "url")) if style == _LINK_BUTTON else None
        if url and not component.get("disabled"):
            return link(url, inside, icon(LAUNCH), class_=classes)
        launch = icon(LAUNCH) if style == _LINK_BUTTON else ""
        disabled, custom_id = _is(component, "disabled"), _string(component, "custom_id")
        return tag(
            "button",
            inside,
            launch,
            class_=classes,
            type="button",
            disabled=disabled,
            data_press=custom_id if custom_id in self.answered else None,
        )

    def _select(self, component: Json) -> Html:
        chosen = [
            _string(option, "label")
            for option in _sequence(component.get("options"))
            if isinstance(option, Mapping) and option.get("default")
        ]
        text = ", ".join(chosen) or _string(component, "placeholder") or "Make a selection"
        words = tag("span", text, class_="chosen" if chosen else "placeholder")
        classes = "select" + " disabled" * _is(component, "disabled")
        return tag("div", words, icon(CHEVRON), class_=classes)

    def _separator(self, component: Json) -> Html:
        # Discord's defaults: a line, and the smaller of two spacings.
        large = " large" * (component.get("spacing") == 2)
        line = " line" * (component.get("divider") is not False)
        return tag("div", class_=f"separator{large}{line}", role="separator")

    def _thumbnail(self, component: Json) -> Html:
        return _picture(component, "thumbnail")

    def _gallery(self, component: Json) -> Html:
        items = [item for item in _sequence(component.get("items")) if isinstance(item, Mapping)]
        pictures = join(_picture(item, "media") for item in items)
        return tag("div", pictures, class_="gallery" + " single" * (len(items) == 1))

    def _file(self, component: Json) -> Html:
        name = _string(component, "name") or _media_name(component.get("file")) or "file"
        size = _number(component, "size")
        about = tag("small", f"{size:,} bytes") if size else ""
        words = tag("div", tag("span", name, class_="file-name"), about, class_="file-words")
        return tag("div", icon(SHEET), words, class_="file")


_DRAWERS: dict[int, Callable[[Canvas, Json], Html]] = {
    1: Canvas._row,
    2: Canvas._button,
    **dict.fromkeys((3, 5, 6, 7, 8), Canvas._select),
    9: Canvas._section,
    10: Canvas._text,
    11: Canvas._thumbnail,
    12: Canvas._gallery,
    13: Canvas._file,
    14: Canvas._separator,
    17: Canvas._container,
}


def _picture(item: Json, class_: str) -> Html:
    """A placeholder where Discord shows a picture: the page itself loads nothing."""
    about = _string(item, "description") or _media_name(item.get("media"))
    covered = " covered" * _is(item, "spoiler")
    return tag(
        "div", icon(PICTURE), tag("span", about), class_=class_ + covered, title=about or None
    )


def _media_name(media: object) -> str:
    """The file's name at the end of ``attachment://name`` or of a web address."""
    url = _string(media, "url") if isinstance(media, Mapping) else ""
    return url.split("?")[0].rstrip("/").rpartition("/")[2]


def _emoji(emoji: object) -> Html | str:
    if not isinstance(emoji, Mapping) or not (name := _string(emoji, "name")):
        return ""
    return tag("span", f":{name}:" if emoji.get("id") else name, class_="emoji")


def _label(component: Json) -> Html | str:
    label = _string(component, "label")
    return tag("span", label) if label else ""


def _unknown(what: object) -> Html:
    return tag("div", f"Component of type {what}: not drawn here", class_="unknown")


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _string(component: Json, key: str) -> str:
    value = component.get(key)
    return value if isinstance(value, str) else ""


def _number(component: Json, key: str) -> int:
    value = component.get(key)
    return value if isinstance(value, int) else 0


def _is(component: Json, key: str) -> bool:
    return bool(component.get(key))
