"""What several commands answer beside cards."""

NOT_SET_UP = "## Not set up yet"
FOLLOW_WHAT = (
    "Say what to follow: category: cs.CL, author: yann lecun, keyword: speculative decoding, "
    "or search: with all of it."
)
FOLLOWS_NOTHING = "You follow nothing yet. Begin with /follow."


def not_followed(number: int | str) -> str:
    return f"You follow nothing with the number {number}. /following list shows all."
