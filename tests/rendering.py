"""What a member sees of a message: its words, links and buttons, as Discord would show them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from discord import ui

from bot.cards import payload
from bot.demo.preview import markdown
from tests.discordd.limits import check_message

Component = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """A message's body and what becomes of it."""

    body: dict[str, Any]

    @property
    def components(self) -> list[Component]:
        return list(_walk(self.body["components"]))

    @property
    def contents(self) -> list[str]:
        """Each text display as it was sent, in order."""
        return [one["content"] for one in self.components if one["type"] == 10]

    @cached_property
    def texts(self) -> list["Shown"]:
        """Each text display as it is shown, in order."""
        return [Shown.of(content) for content in self.contents]

    @property
    def words(self) -> str:
        return "\n".join(text.words for text in self.texts)

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> custom id or address; of equal labels the first."""
        found: dict[str, str] = {}
        for one in self.components:
            if one["type"] == 2:
                found.setdefault(one["label"], one.get("custom_id") or one["url"])
        return found

    @property
    def custom_ids(self) -> list[str]:
        return [one["custom_id"] for one in self.components if "custom_id" in one]

    @property
    def problems(self) -> list[str]:
        """Limits of Discord's that are broken."""
        return check_message(self.body)


def seen(view: ui.LayoutView) -> Seen:
    return Seen(payload(view, nonce="n", marker=1000))


@dataclass(frozen=True)
class Shown:
    """A text as it is shown. ``links`` are (words, address), ``pills`` mentions that would act."""

    words: str
    headings: list[str]
    links: list[tuple[str, str]]
    pills: int

    @staticmethod
    @lru_cache(maxsize=256)  # the same paper stands on several messages
    def of(text: str) -> "Shown":
        reader = _Reader()
        reader.feed(markdown(text, zone=ZoneInfo("UTC")))
        reader.close()
        return Shown(reader.words, reader.headings, reader.links, reader.pills)


# They stand below each other without a newline between them.
_BLOCKS = frozenset({"h1", "h2", "h3", "small", "blockquote", "li"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.headings: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.pills = 0
        self._starts: list[tuple[str, int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.pills += values.get("class") == "pill"
        if tag in _BLOCKS:
            self._new_line()
        self._starts.append((tag, len(self.words), values.get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        opened, start, address = self._starts.pop()
        assert opened == tag, "the preview writes well-formed HTML"
        inside = self.words[start:]
        if re.fullmatch("h[1-3]", tag):
            self.headings.append(inside)
        elif tag == "a":
            self.links.append((inside, address))
        if tag in _BLOCKS:
            self._new_line()

    def _new_line(self) -> None:
        if self.words and not self.words.endswith("\n"):
            self.words += "\n"

    def handle_data(self, data: str) -> None:
        self.words += data


def _walk(components: list[Component]) -> Iterator[Component]:
    for one in components:
        yield one
        yield from _walk(one.get("components") or [])
        if "accessory" in one:
            yield one["accessory"]
