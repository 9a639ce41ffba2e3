"""Names and descriptions of commands in other languages: all there, all as Discord takes them."""

import discord
import regex
from discord import app_commands

from bot.messages.menu import NAMES
from bot.messages.translation import BY_DISCORD_LOCALE, catalogue
from tests.simcord_world import World

# Discord's application command naming; lower case where a script has it.
NAME = regex.compile(r"[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}")


async def test_every_text_of_the_menu_has_each_language(world: World) -> None:
    names: set[str] = set()
    texts: set[str] = set()
    for command in world.bot.tree.walk_commands():
        names.add(command.name)
        texts.add(command.description)
        if isinstance(command, app_commands.Command):
            names |= {parameter.display_name for parameter in command.parameters}
            texts |= {str(parameter.description) for parameter in command.parameters}
            texts |= {
                choice.name for parameter in command.parameters for choice in parameter.choices
            }
    menus = world.bot.tree.get_commands(type=discord.AppCommandType.message)
    texts |= {menu.name for menu in menus}
    assert names == set(NAMES)
    for language in set(BY_DISCORD_LOCALE.values()):
        translations = catalogue(language)
        assert {text for text in texts if translations.gettext(text) == text} == set(), language


async def test_names_and_descriptions_are_as_discord_takes_them(world: World) -> None:
    registered = [each.json for each in world.env.http_requests if each.path.endswith("/commands")][
        -1
    ]
    assert isinstance(registered, list)
    for command in registered:
        if command["type"] == discord.AppCommandType.chat_input.value:
            _check(command)
        else:  # a menu's name is read only
            assert all(1 <= len(it) <= 32 for it in command["name_localizations"].values())
    for locale in BY_DISCORD_LOCALE:
        names = [command["name_localizations"][locale] for command in registered]
        assert len(set(names)) == len(names)


def _check(thing: dict[str, object]) -> None:
    """A command, a subcommand or an option, with all below it."""
    for locale in BY_DISCORD_LOCALE:
        names, descriptions = thing["name_localizations"], thing["description_localizations"]
        assert isinstance(names, dict)
        assert isinstance(descriptions, dict)
        name = names[locale]
        assert NAME.fullmatch(name), name
        assert name == name.lower()
        assert 1 <= len(descriptions[locale]) <= 100
    below = thing.get("options", [])
    choices = thing.get("choices", [])
    assert isinstance(below, list)
    assert isinstance(choices, list)
    for choice in choices:
        assert all(1 <= len(name) <= 100 for name in choice["name_localizations"].values())
    for locale in BY_DISCORD_LOCALE:
        names = [each["name_localizations"][locale] for each in below]
        assert len(set(names)) == len(names), names
    for each in below:
        _check(each)
