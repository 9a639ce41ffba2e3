"""What cannot be read of what somebody typed, searches included, and how it is written."""

from collections.abc import Callable

from bot.problems import Code

WORDS: dict[Code, str | Callable[..., str]] = {}
