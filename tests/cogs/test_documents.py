"""docs/commands.md names every command with every option, and none that does not exist."""

import re
from pathlib import Path

from discord import app_commands

from tests.simcord_world import World

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def documented() -> dict[str, set[str]]:
    """Command -> options, of every section whose title is a command."""
    sections = re.split(r"^##+ ", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    found = {}
    for title, _, body in (section.partition("\n") for section in sections):
        if title.startswith("/"):
            tables = re.findall(r"^\| option .*\n(?:\|.*\n)*", body, flags=re.MULTILINE)
            options = {o for table in tables for o in re.findall(r"^\| `(\w+)`", table, re.M)}
            found[title.removeprefix("/")] = options
    return found


async def test_every_command_and_option_is_documented(world: World) -> None:
    real = {
        command.qualified_name: {parameter.display_name for parameter in command.parameters}
        for command in world.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    assert documented() == real


async def test_every_command_and_option_says_what_it_is(world: World) -> None:
    for command in world.bot.tree.walk_commands():
        assert len(command.description) > 10, command.qualified_name
        if isinstance(command, app_commands.Command):
            for parameter in command.parameters:
                assert len(str(parameter.description)) > 8, parameter.display_name
