"""What Discord's menu says of commands and their options: at most 100 characters each."""

from bot.messages.translation import N_, NP_

NAME = "name"  # the context of names in the catalogues

_A_PAPER = N_("An arXiv id, or any link to the paper")

# --- reading ------------------------------------------------------------------------------------

HOT = N_("The papers that people talk about most")
HOT_OPTIONS = {
    "date": N_("A listing day as you would say it: yesterday, last tue, 2021-03-30"),
    "period": N_("The day alone, or the week, month or year around it"),
    "category": N_("One or several, such as cs.CL, cs.IR or cond-mat.*"),
    "top": N_("At most so many papers"),
    "counts": N_("Whose counts, where a week, month or year has days of several"),
    "min_score": N_("Only papers with at least this score; 0 for all papers of the day"),
}
WHY = N_("How a paper's score comes about")
PAPER = N_("One paper at a glance")
PAPER_OPTIONS = {"paper": _A_PAPER}
PAPERS_IN_MESSAGE = N_("Papers in this message")
SEARCH = N_("Papers in the archive, by words, authors, categories and days")
SEARCH_OPTIONS = {
    "query": N_('Such as: "state space" author:chen cat:cs.CL after:2021-03-01 -survey'),
}
HELP = N_("What you can ask, and what admins can set up")
STATUS = N_("How the bot, its sources and digests do")

# --- digests ------------------------------------------------------------------------------------

DIGEST = N_("Digests in channels")
DIGEST_ADD = N_("Post a digest of hot papers into a channel")
RULE_OPTIONS = {
    "channel": N_("Where it is posted"),
    "categories": N_("One or several, such as cs.CL, cs.IR or cond-mat.*; * for all"),
    "hour": N_("When, on the clock of its time zone: 09:00"),
    "zone": N_("The time zone, such as Europe/Berlin"),
    "days": N_("On which days"),
    "top": N_("At most so many papers"),
    "bar": N_("Only papers with at least this score"),
    "layout": N_("How much of each paper is shown"),
    "cross_lists": N_("Also papers that are only cross-listed to these categories"),
    "keywords": N_(
        'Only papers that say one of these: agents, "state space", author:chen; - for any'
    ),
    "exclusions": N_("Never papers that say one of these; - for none"),
    "thread": N_("A new thread for each digest"),
    "quiet_lines": N_("One line on days without papers"),
    "catch_up": N_("What is posted after I was away"),
}
WHICH_DIGEST = {"digest": N_("Which one, if there are several")}
DIGEST_EDIT = N_("Change a digest; what you leave out stays as it is")
DIGEST_LIST = N_("This server's digests, with their buttons")
DIGEST_REMOVE = N_("Delete a digest; it can be taken back")
DIGEST_PREVIEW = N_("What a digest looks like, to you only")
DIGEST_TEST = N_("Would a digest arrive, and what would it look like")
DIGEST_WHY = N_("Why a paper was not posted, or when it was")
DIGEST_WHY_OPTIONS = {"paper": _A_PAPER, "channel": N_("The digests of this channel only")}

# --- following ----------------------------------------------------------------------------------

FOLLOW = N_("Get papers that you care about as a direct message, once a day at most")
FOLLOW_OPTIONS = {
    "category": HOT_OPTIONS["category"],
    "author": N_("An author's name"),
    "keyword": N_('Words that must all occur; side by side in quotes: "speculative decoding"'),
    "search": N_("Anything that /search takes: title:attention -survey"),
    "exclude": N_("Never papers that say one of these"),
    "hour": N_("When the message comes, on the clock of your time zone: 09:00"),
    "zone": N_("Your time zone, such as Europe/Berlin"),
}
FOLLOWING = N_("What you follow")
FOLLOWING_LIST = N_("What you follow, and when your messages come")
FOLLOWING_PAUSE = N_("Get no messages until you resume")
FOLLOWING_RESUME = N_("Get messages again, also after yours were closed to me")
FOLLOWING_HOUR = N_("Choose when your messages come")
FOLLOWING_HOUR_OPTIONS = {
    "hour": N_("On the clock of your time zone: 09:00"),
    "zone": N_("Such as Europe/Berlin"),
}
FOLLOWING_STOP = N_("Stop following something; it can be taken back")
FOLLOWING_STOP_OPTIONS = {"what": N_("One of the things you follow")}
FOLLOWING_EXPORT = N_("What you follow, as a file")

# --- privacy ------------------------------------------------------------------------------------

PRIVACY = N_("What I store about you")
PRIVACY_SHOW = N_("Everything that is stored about you")
PRIVACY_EXPORT = N_("Everything that is stored about you, as a file by message")
PRIVACY_DELETE = N_("Erase everything that is stored about you, at once")

# --- names --------------------------------------------------------------------------------------

NAMES = (
    NP_("name", "hot"),
    NP_("name", "why"),
    NP_("name", "paper"),
    NP_("name", "search"),
    NP_("name", "help"),
    NP_("name", "digest"),
    NP_("name", "add"),
    NP_("name", "edit"),
    NP_("name", "list"),
    NP_("name", "remove"),
    NP_("name", "preview"),
    NP_("name", "test"),
    NP_("name", "follow"),
    NP_("name", "following"),
    NP_("name", "pause"),
    NP_("name", "resume"),
    NP_("name", "stop"),
    NP_("name", "export"),
    NP_("name", "privacy"),
    NP_("name", "status"),
    NP_("name", "show"),
    NP_("name", "delete"),
    NP_("name", "date"),
    NP_("name", "period"),
    NP_("name", "category"),
    NP_("name", "top"),
    NP_("name", "counts"),
    NP_("name", "query"),
    NP_("name", "channel"),
    NP_("name", "categories"),
    NP_("name", "hour"),
    NP_("name", "zone"),
    NP_("name", "days"),
    NP_("name", "bar"),
    NP_("name", "layout"),
    NP_("name", "cross_lists"),
    NP_("name", "keywords"),
    NP_("name", "exclusions"),
    NP_("name", "thread"),
    NP_("name", "quiet_lines"),
    NP_("name", "catch_up"),
    NP_("name", "author"),
    NP_("name", "keyword"),
    NP_("name", "exclude"),
    NP_("name", "what"),
    NP_("name", "min_score"),
)
"""Of commands, groups and options; small letters without spaces, in every language."""
