"""Discord on the loopback address: a test double that the unmodified discord.py talks to.

    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        papers = server.add_channel(guild, "papers")
        admin = server.add_member(guild, "ada", permissions=Perm.MANAGE_GUILD)
        ...  # start the bot with `[discord] api_url = server.api_url` and server.settings.token
        await server.wait_ready()
        server.faults.add("status", "POST", r"/channels/\\d+/messages", status=502, after=True)
        digest = (await server.wait_messages(papers))[0]
        why = await admin.click(digest, "Why?")
        assert why.ephemeral and "points" in why.text
        assert server.violations == server.illegal_answers == []

Rate limits are off until `server.ratelimits.enabled = True`. discord.py in this very process is
pointed here by `tests.discordd.pointing`. `python -m tests.discordd --help` runs the server as a
process of its own, with the control API of `tests.discordd.control`.
"""

from tests.discordd.actors import Actor, CommandNotVisible
from tests.discordd.answers import Answer
from tests.discordd.clock import ServerClock
from tests.discordd.faults import Fault
from tests.discordd.limits import check_message
from tests.discordd.messages import Message
from tests.discordd.options import CannotType
from tests.discordd.permissions import Perm
from tests.discordd.server import LoopbackDiscord
from tests.discordd.settings import Settings
from tests.discordd.world import Channel, Guild, Kind

__all__ = [
    "Actor",
    "Answer",
    "CannotType",
    "Channel",
    "CommandNotVisible",
    "Fault",
    "Guild",
    "Kind",
    "LoopbackDiscord",
    "Message",
    "Perm",
    "ServerClock",
    "Settings",
    "check_message",
]
