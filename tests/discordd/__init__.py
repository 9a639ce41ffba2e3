"""Discord on the loopback address: a test double that the unmodified discord.py talks to."""

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
