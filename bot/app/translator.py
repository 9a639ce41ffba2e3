"""Names and descriptions of commands in other languages, for Discord to show to each reader.

A command keeps its English name for everybody whose language is not here, and in what the bot
itself says.
"""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

from bot.messages.menu import NAME
from bot.messages.translation import BY_DISCORD_LOCALE, catalogue

_NAMES = (Location.command_name, Location.group_name, Location.parameter_name)


class Translator(app_commands.Translator):
    """Looks texts up; one that is missing stays English."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        if locale.value not in BY_DISCORD_LOCALE:
            return None
        texts = catalogue(BY_DISCORD_LOCALE[locale.value])
        if context.location in _NAMES and not isinstance(context.data, app_commands.ContextMenu):
            return texts.pgettext(NAME, string.message)
        return texts.gettext(string.message)
