"""Texts in the readers' languages, from gettext's catalogues.

They are ``locale/LANGUAGE/LC_MESSAGES/hotpapers.po``; ``make messages`` keeps them in step with the
texts that are marked. What a catalogue does not have stays English.
"""

import gettext
import io
import logging
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.models import Language

logger = logging.getLogger(__name__)

DOMAIN = "hotpapers"
# Discord's names of languages (its reference, "Locales"), of which several may be one of ours.
BY_DISCORD_LOCALE: Mapping[str, Language] = {
    "de": Language.GERMAN,
    "fr": Language.FRENCH,
    "es-ES": Language.SPANISH,
    "es-419": Language.SPANISH,
    "pt-BR": Language.PORTUGUESE,
    "ja": Language.JAPANESE,
    "ko": Language.KOREAN,
    "zh-CN": Language.CHINESE,
}


def language_of(discord_locale: str) -> Language:
    """Of a reader whose Discord is in ``discord_locale``; English where we have no other."""
    return BY_DISCORD_LOCALE.get(discord_locale, Language.ENGLISH)


def N_(text: str) -> str:
    """Marks a text that is translated where it is shown."""
    return text


def NP_(_context: str, text: str) -> str:
    """As ``N_``, of an English word that means something else elsewhere."""
    return text


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """The translations into ``language``; none for English, and for a file that cannot be read."""
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo  # no start waits for it
    from babel.messages.pofile import PoFileError, read_po

    file = files("bot.messages") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = io.BytesIO()
    try:
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    except (OSError, PoFileError, UnicodeDecodeError) as error:
        logger.warning("translation.unreadable language=%s error=%r", language, error)
        return gettext.NullTranslations()
    return gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
