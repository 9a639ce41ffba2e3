"""Values -> messages inside Discord's limits. Pure: nothing is sent, asked or read.

Every function gives views of Components V2 that discord.py does not keep (``build.Card``): their
buttons carry all they need in their custom ids (``custom_ids``), by which the commands' side finds
who answers them. Strangers' texts go in as they are and come out harmless.
"""

from bot.cards import custom_ids
from bot.cards.actions import EditionRef
from bot.cards.build import Card
from bot.cards.empty_states import (
    no_listing,
    not_counted,
    not_harvested,
    not_held,
    quiet_down,
    quiet_no_listing,
    quiet_nothing_above,
    which_day,
)
from bot.cards.follow_digest import Group, follow_list, follow_stopped, followed, letter
from bot.cards.lookup import looking_up
from bot.cards.message_body import MAX_MARKER, MIN_MARKER, body_of, marker_of, payload
from bot.cards.notices import declined, error, notice
from bot.cards.paper import abstract, paper, why
from bot.cards.rankings import PER_MESSAGE, digest, hot, search_results
from bot.cards.rules import rule_card, rule_deleted, rule_list, rules_suspended

__all__ = [
    "MAX_MARKER",
    "MIN_MARKER",
    "PER_MESSAGE",
    "Card",
    "EditionRef",
    "Group",
    "abstract",
    "body_of",
    "custom_ids",
    "declined",
    "digest",
    "error",
    "follow_list",
    "follow_stopped",
    "followed",
    "hot",
    "letter",
    "looking_up",
    "marker_of",
    "no_listing",
    "not_counted",
    "not_harvested",
    "not_held",
    "notice",
    "paper",
    "payload",
    "quiet_down",
    "quiet_no_listing",
    "quiet_nothing_above",
    "rule_card",
    "rule_deleted",
    "rule_list",
    "rules_suspended",
    "search_results",
    "which_day",
    "why",
]
