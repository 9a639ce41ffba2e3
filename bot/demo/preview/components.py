"""Discord's message components (Components V2) to HTML.

Shapes are those of Discord's component reference; a payload is read with tolerance, as a preview
is most wanted when a message is wrong. What is not known is shown as a box with its number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.demo.preview import icons
from bot.demo.preview.html import Html, icon, join, link, safe_url, tag

Json = Mapping[str, object]


_BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_LINK_BUTTON = 5


@dataclass(frozen=True, slots=True)
class Canvas:
    """``markdown`` turns the text of a message into HTML, with its reader's zone."""

    markdown: Callable[[str], str]

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
            return link(url, inside, icon(icons.LAUNCH), class_=classes)
        launch = icon(icons.LAUNCH) if style == _LINK_BUTTON else ""
        disabled = _is(component, "disabled")
        return tag("button", inside, launch, class_=classes, type="button", disabled=disabled)

    def _select(self, component: Json) -> Html:
        chosen = [
            _string(option, "label")
            for option in _sequence(component.get("options"))
            if isinstance(option, Mapping) and option.get("default")
        ]
        shown = ", ".join(chosen) or _string(component, "placeholder") or "Make a selection"
        words = tag("span", shown, class_="chosen" if chosen else "placeholder")
        classes = "select" + " disabled" * _is(component, "disabled")
        return tag("div", words, icon(icons.CHEVRON), class_=classes)

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
        return tag("div", icon(icons.SHEET), words, class_="file")


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
        "div", icon(icons.PICTURE), tag("span", about), class_=class_ + covered, title=about or None
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
