"""What Discord's menu says of commands and their options: at most 100 characters each.

``german`` and ``japanese`` in the folder beside have the same in other languages, by these texts.
"""

_A_PAPER = "An arXiv id, or any link to the paper"

# --- reading ------------------------------------------------------------------------------------

HOT = "The papers that people talk about most"
HOT_OPTIONS = {
    "date": "A listing day as you would say it: yesterday, last tue, 2021-03-30",
    "period": "The day alone, or the week, month or year around it",
    "category": "One or several, such as cs.CL, cs.IR or cond-mat.*",
    "top": "At most so many papers",
    "counts": "Whose counts, where a week, month or year has days of several",
}
WHY = "How a paper's score comes about"
PAPER = "One paper at a glance"
PAPER_OPTIONS = {"paper": _A_PAPER}
PAPERS_IN_MESSAGE = "Papers in this message"
SEARCH = "Papers in the archive, by words, authors, categories and days"
SEARCH_OPTIONS = {
    "query": 'Such as: "state space" author:chen cat:cs.CL after:2021-03-01 -survey',
}
HELP = "What you can ask, and what admins can set up"
STATUS = "How the bot, its sources and digests do"

# --- digests ------------------------------------------------------------------------------------

DIGEST = "Digests in channels"
DIGEST_ADD = "Post a digest of hot papers into a channel"
RULE_OPTIONS = {
    "channel": "Where it is posted",
    "categories": "One or several, such as cs.CL, cs.IR or cond-mat.*; * for all",
    "hour": "When, on the clock of its time zone: 09:00",
    "zone": "The time zone, such as Europe/Berlin",
    "days": "On which days",
    "top": "At most so many papers",
    "bar": "Only papers with at least this score",
    "layout": "How much of each paper is shown",
    "cross_lists": "Also papers that are only cross-listed to these categories",
    "keywords": 'Only papers that say one of these: agents, "state space", author:chen; - for any',
    "exclusions": "Never papers that say one of these; - for none",
    "thread": "A new thread for each digest",
    "quiet_lines": "One line on days without papers",
    "catch_up": "What is posted after I was away",
}
WHICH_DIGEST = {"digest": "Which one, if there are several"}
DIGEST_EDIT = "Change a digest; what you leave out stays as it is"
DIGEST_LIST = "This server's digests, with their buttons"
DIGEST_REMOVE = "Delete a digest; it can be taken back"
DIGEST_PREVIEW = "What a digest looks like, to you only"
DIGEST_TEST = "Would a digest arrive, and what would it look like"
DIGEST_WHY = "Why a paper was not posted, or when it was"
DIGEST_WHY_OPTIONS = {"paper": _A_PAPER, "channel": "The digests of this channel only"}

# --- following ----------------------------------------------------------------------------------

FOLLOW = "Get papers that you care about as a direct message, once a day at most"
FOLLOW_OPTIONS = {
    "category": HOT_OPTIONS["category"],
    "author": "An author's name",
    "keyword": 'Words that must all occur; side by side in quotes: "speculative decoding"',
    "search": "Anything that /search takes: title:attention -survey",
    "exclude": "Never papers that say one of these",
    "hour": "When the message comes, on the clock of your time zone: 09:00",
    "zone": "Your time zone, such as Europe/Berlin",
}
FOLLOWING = "What you follow"
FOLLOWING_LIST = "What you follow, and when your messages come"
FOLLOWING_PAUSE = "Get no messages until you resume"
FOLLOWING_RESUME = "Get messages again, also after yours were closed to me"
FOLLOWING_HOUR = "Choose when your messages come"
FOLLOWING_HOUR_OPTIONS = {
    "hour": "On the clock of your time zone: 09:00",
    "zone": "Such as Europe/Berlin",
}
FOLLOWING_STOP = "Stop following something; it can be taken back"
FOLLOWING_STOP_OPTIONS = {"what": "One of the things you follow"}
FOLLOWING_EXPORT = "What you follow, as a file"

# --- privacy ------------------------------------------------------------------------------------

PRIVACY = "What I store about you"
PRIVACY_SHOW = "Everything that is stored about you"
PRIVACY_EXPORT = "Everything that is stored about you, as a file by message"
PRIVACY_DELETE = "Erase everything that is stored about you, at once"
