"""`python -m tests.acceptance`: the program against what others wrote. Minutes.

Parts that are named are tried alone. What a part needs is fetched once, into a folder outside the
project (``cache``); where it cannot be had, the part says so and is left out.
"""

import asyncio
import sys
from collections.abc import Sequence

from tests.acceptance import arxiv, discord_bodies, mastodon
from tests.acceptance.steps import Steps, Unavailable, say

PARTS = {
    "arXiv": arxiv.check,
    "mastodon_mock": mastodon.check,
    "Discord's builders": discord_bodies.check,
}


async def main(names: Sequence[str]) -> int:
    """The exit code: 1 where a step failed."""
    failed = False
    for name, check in PARTS.items():
        if names and name not in names:
            continue
        steps = Steps(name)
        try:
            await check(steps)
        except Unavailable as error:
            say(f"{name}: left out, {error}")
        else:
            say(str(steps))
        failed = failed or bool(steps.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
