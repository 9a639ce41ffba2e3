"""The root command finds every command, and only the one that is asked for is loaded."""

import sys

import click
import pytest

from bot.cli.root import COMMAND_MODULES, root
from tests import processes


@pytest.mark.parametrize("name", list(COMMAND_MODULES))
def test_every_command_is_found_under_its_name(name: str) -> None:
    found = root.get_command(click.Context(root), name)
    assert found is not None
    assert found.name == name
    told = found.get_short_help_str(limit=64)  # what 80 columns leave beside the longest name
    assert told
    assert not told.endswith("...")


def test_a_question_to_the_archive_does_not_wait_for_discord() -> None:
    code = "import sys, bot.cli.papers; sys.exit('discord' in sys.modules)"
    done = processes.run([sys.executable, "-c", code])
    assert done.returncode == 0, done.stderr
