from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.cli.context import Context
from tests.cli.import_export.commands import COMMANDS, Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command on an archive of its own."""
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "a.db"\n')

    def invoke(name: str, *args: object) -> Result:
        command = COMMANDS[name]
        assert isinstance(command, click.Command)
        return CliRunner().invoke(command, [str(a) for a in args], obj=Context(config))

    return invoke
