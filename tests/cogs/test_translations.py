"""Names and descriptions of commands in other languages: all there, all as Discord takes them."""

from typing import Any

import discord
import regex
from discord import app_commands

from bot.app.translator import TABLES
from tests.simcord_world import World

# Discord's application command naming; lower case where a script has it.
NAME = regex.compile(r"[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}")


def texts_of(command: app_commands.Command[Any, ..., Any]) -> set[str]:
    found = {command.name, str(command.description)}
    for parameter in command.parameters:
        found |= {parameter.display_name, str(parameter.description)}
        found |= {choice.name for choice in parameter.choices}
    return found


async def test_every_text_has_each_language_and_none_is_left_over(world: World) -> None:
    texts: set[str] = set()
    for each in world.bot.tree.walk_commands():
        texts |= (
            texts_of(each)
            if isinstance(each, app_commands.Command)
            else {each.name, each.description}
        )
    menus = world.bot.tree.get_commands(type=discord.AppCommandType.message)
    texts |= {menu.name for menu in menus}
    for locale, table in TABLES.items():
        assert set(table) == texts, locale


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
    for locale in TABLES:
        names = [command["name_localizations"][locale.value] for command in registered]
        assert len(set(names)) == len(names)


def _check(thing: dict[str, object]) -> None:
    """A command, a subcommand or an option, with all below it."""
    for locale in TABLES:
        names, descriptions = thing["name_localizations"], thing["description_localizations"]
        assert isinstance(names, dict)
        assert isinstance(descriptions, dict)
        name = names[locale.value]
        assert NAME.fullmatch(name), name
        assert name == name.lower()
        assert 1 <= len(descriptions[locale.value]) <= 100
    below = thing.get("options", [])
    choices = thing.get("choices", [])
    assert isinstance(below, list)
    assert isinstance(choices, list)
    for choice in choices:
        assert all(1 <= len(name) <= 100 for name in choice["name_localizations"].values())
    for locale in TABLES:
        names = [each["name_localizations"][locale.value] for each in below]
        assert len(set(names)) == len(names), names
    for each in below:
        _check(each)
