"""The catalogues of texts: whole, in step with the code, and harmless where they are not."""

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bot
from bot.messages import translation
from bot.messages.translation import BY_DISCORD_LOCALE, catalogue, language_of
from bot.models import Language

ROOT = Path(bot.__file__).parent
LANGUAGES = sorted(set(BY_DISCORD_LOCALE.values()))
KEYWORDS = {"N_": None, "NP_": ((1, "c"), 2)}


def read(language: Language) -> Catalog:
    with (ROOT / f"messages/locale/{language}/LC_MESSAGES/hotpapers.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def marked() -> set[tuple[str | None, object]]:
    """The texts that the code marks, with their contexts."""
    return {
        (context, text)
        for folder in ("bot", "cogs")
        for _, _, text, _, context in extract_from_dir(ROOT.parent / folder, keywords=KEYWORDS)
    }


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def translated(language: Language) -> list[Message]:
    return [message for message in read(language) if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_text_is_there_and_none_that_is_gone(language: Language) -> None:
    assert {(message.context, message.id) for message in translated(language)} == marked()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_untranslated_or_doubtful(language: Language) -> None:
    assert [m.id for m in translated(language) if not m.string or m.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_lost(language: Language) -> None:
    for message in translated(language):
        assert fields(str(message.string)) == fields(str(message.id)), message.id


def test_a_name_means_something_else_than_the_same_word_in_a_sentence() -> None:
    german = catalogue(Language.GERMAN)
    assert german.pgettext("name", "remove") == "entfernen"
    assert german.gettext("remove") == "remove"


@pytest.mark.parametrize("body", [b"", b"msgid \xff", b'msgid "x"\nmsgstr'])
def test_a_catalogue_that_cannot_be_read_leaves_the_texts_english(
    body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "locale/de/LC_MESSAGES"
    if body:
        folder.mkdir(parents=True)
        (folder / "hotpapers.po").write_bytes(body)
    monkeypatch.setattr(translation, "files", lambda _: tmp_path)
    catalogue.cache_clear()
    try:
        assert catalogue(Language.GERMAN).gettext("Day") == "Day"
    finally:
        catalogue.cache_clear()


def test_every_language_is_somebodys() -> None:
    assert set(BY_DISCORD_LOCALE.values()) == set(Language) - {Language.ENGLISH}
    assert language_of("es-419") is Language.SPANISH
    assert language_of("nl") is Language.ENGLISH
