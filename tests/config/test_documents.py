"""Every setting stands in config.example.toml and docs/config.md, with the default it has."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from bot.config import Secrets, Section, Settings, load

CHECKOUT = Path(__file__).parents[2]
EXAMPLE = CHECKOUT / "config.example.toml"
DOCUMENT = CHECKOUT / "docs" / "config.md"

_ROW = re.compile(r"^\| `(?P<key>[a-z_.]+)` \| `(?P<default>[^`]*)` \| (?P<about>.+) \|$", re.M)


def defaults(section: Section, key: str = "") -> Iterator[tuple[str, object]]:
    for field in section.__struct_fields__:
        value = getattr(section, field)
        if isinstance(value, Section):
            yield from defaults(value, f"{key}{field}.")
        else:
            yield key + field, list(value) if isinstance(value, tuple) else value


def table(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from table(inner, f"{key}.{name}" if key else name)
    else:
        yield key, value


def test_the_example_holds_every_setting_with_its_default() -> None:
    written = dict(table(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))))
    assert written == dict(defaults(Settings()))


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(EXAMPLE.read_bytes())
    assert load(file, {}).settings == Settings()


def test_the_document_lists_every_setting_with_its_default() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    written = {row["key"]: json.loads(row["default"]) for row in _ROW.finditer(text)}
    assert written == dict(defaults(Settings()))


def test_both_list_every_secret() -> None:
    for document in (EXAMPLE, DOCUMENT):
        text = document.read_text(encoding="utf-8")
        for name in Secrets.__struct_fields__:
            assert f"HOTPAPERS_{name.upper()}" in text
