"""The command line, one file per group of commands. Parses, calls one function, prints."""

from bot.cli.root import main

__all__ = ["main"]
