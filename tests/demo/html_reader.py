"""Reading HTML as a browser does, and texts that would like to be more than text."""

from html.parser import HTMLParser

from hypothesis import strategies as st


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, and the text it shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self.raw: dict[str, str] = {}
        self._raw_tag = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._raw_tag = tag if tag in {"style", "script", "title"} else ""

    def handle_endtag(self, tag: str) -> None:
        self._raw_tag = ""

    def handle_data(self, data: str) -> None:
        if self._raw_tag:
            self.raw[self._raw_tag] = self.raw.get(self._raw_tag, "") + data
        else:
            self.shown += data

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def of_class(self, name: str) -> list[tuple[str, dict[str, str | None]]]:
        return [(tag, a) for tag, a in self.elements if name in (a.get("class") or "").split()]


HOSTILE = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onclick="x', "'",
            "&lt;", "</style>", "</title>", "<!--", "]]>", "[a](javascript:x)", "[a](https://a.example)",
            "[b](https://a.example/\"onmouseover=x)", "<https://a.example/\"x>", "**", "__", "||",
            "```", "`", "> ", "\n", "# ", "- ", "<t:1:R>", "\x00", "\ud800", "\u202e", "@everyone",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip
TEXT_TAGS = {
    "a", "blockquote", "code", "em", "h1", "h2", "h3", "li", "ol", "pre", "s", "small", "span",
    "strong", "time", "u", "ul",
}  # fmt: skip
