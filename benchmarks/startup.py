"""From the start of the process to the answer of its first command, on a loopback Discord.

discord.py calls a bot ready two seconds after the last server was announced, but answers
commands from the first moment on; that moment is what a member notices.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks.beside import Discord, Refused, bare_bot, discord, our_bot, until
from benchmarks.row import Row

GOAL = 2.0
RUNS = 5


def measure() -> list[Row]:
    ours = statistics.median(_seconds(our_bot) for _ in range(RUNS))
    bare = statistics.median(_seconds(bare_bot) for _ in range(RUNS))
    name = "start to first answer, against the least bot of the library"
    return [Row(name, ours, "s", baseline=bare, goal=GOAL, met=ours < GOAL)]


def _seconds(bot: Callable[[Discord], AbstractContextManager[int]]) -> float:
    with discord(members=True) as server:
        (guild,) = server.listed("/world")
        channel = int(guild["channels"][0]["id"])
        person = int(guild["members"][-1]["user"]["id"])
        question = {"do": "slash", "channel": channel, "path": ["help"]}

        def answers() -> bool:
            try:
                told = server.ask("POST", f"/people/{person}", question)
            except Refused:  # the command is not registered yet
                return False
            return bool(told["versions"])

        started = time.monotonic()
        with bot(server):
            until(lambda: server.is_ready)
            return until(answers) - started
