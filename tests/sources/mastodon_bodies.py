"""What a Mastodon server sends: a status, and a page of a timeline."""

import msgspec

PAPER = "https://arxiv.org/abs/2103.15691v2?context=cs.AI"


def entry(**changes: object) -> dict[str, object]:
    return {
        "id": "7",
        "uri": "https://a.test/users/ada/statuses/7",
        "url": "https://a.test/@ada/7",
        "created_at": "2021-03-30T09:00:00.000Z",
        "visibility": "public",
        "content": f'<p>Read <a href="{PAPER}">this</a></p>',
        "reblogs_count": 1,
        "favourites_count": 2,
        "replies_count": 0,
        "account": {"acct": "ada", "url": "https://a.test/@ada", "display_name": "Ada"},
    } | changes


def timeline(*entries: object) -> bytes:
    return msgspec.json.encode(entries)
