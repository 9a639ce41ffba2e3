"""Names and descriptions of commands in other languages, for Discord to show to each reader.

Each language is a table from our English texts. A command keeps its English name for everybody
whose language is not here, and in what the bot itself says.
"""

from collections.abc import Mapping

import discord
from discord import app_commands

from bot.messages.languages.german import GERMAN
from bot.messages.languages.japanese import JAPANESE

TABLES: Mapping[discord.Locale, Mapping[str, str]] = {
    discord.Locale.german: GERMAN,
    discord.Locale.japanese: JAPANESE,
}


class Translator(app_commands.Translator):
    """Looks texts up; one that is missing stays English."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        return TABLES.get(locale, {}).get(string.message)
