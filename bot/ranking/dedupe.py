"""Each post counts once: sightings and edits of one post become that post. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.models import Network, Post

Key = tuple[Network, str]  # a post, by its id within its network

_PLACE = {network: place for place, network in enumerate(Network)}


def collapse(posts: Iterable[Post]) -> list[Post]:
    """Each post once, in a fixed order, whatever the order and number of sightings given.

    Of several sightings of a post the newest stands. Where several were taken at that same time
    (a Mastodon post as several servers know it) each count is the highest seen, because a server
    can miss interest but not invent it. An edited post is its newest edit.
    """
    merged: dict[Key, Post] = {}
    again: dict[Key, list[Post]] = defaultdict(list)
    for post in posts:
        key = post.network, post.post_id
        if merged.setdefault(key, post) is not post:
            again[key].append(post)
    merged |= {key: _merge([merged[key], *seen]) for key, seen in again.items()}
    if any(post.supersedes for post in merged.values()):
        merged = _newest_edits(merged)
    return sorted(merged.values(), key=lambda post: (_PLACE[post.network], post.post_id))


def _merge(seen: Sequence[Post]) -> Post:
    newest = max(post.counted_at for post in seen)
    latest = {post for post in seen if post.counted_at == newest}
    # repr decides only between sightings that no count tells apart.
    fullest = max(
        latest, key=lambda p: (p.interest, p.likes, p.replies, len(p.text or ""), repr(p))
    )
    if len(latest) == 1:
        return fullest
    ids = sorted({i for post in latest for i in post.arxiv_ids})
    return replace(
        fullest,
        reposts=max(post.reposts for post in latest),
        likes=max(post.likes for post in latest),
        replies=max(post.replies for post in latest),
        arxiv_ids=tuple(dict.fromkeys([*fullest.arxiv_ids, *ids])),
        supersedes=tuple(sorted({i for post in latest for i in post.supersedes})),
    )


def _newest_edits(posts: Mapping[Key, Post]) -> dict[Key, Post]:
    """Join the ids of each edit chain and keep the newest post of each.

    Some services name all edits of a chain in each of them, so "superseded by another" alone
    would leave none: the time of posting and the id (longer is newer) decide then.
    """
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while (above := parent.get(key, key)) != key:
            parent[key] = key = parent.get(above, above)
        return key

    replaced = set()
    for key, post in posts.items():
        for older in set(post.supersedes) - {post.post_id}:
            replaced.add((post.network, older))
            parent[root((post.network, older))] = root(key)
    chains: dict[Key, list[Post]] = defaultdict(list)
    for key, post in posts.items():
        chains[root(key)].append(post)
    heads = (
        max(
            chain,
            key=lambda p: (
                (p.network, p.post_id) not in replaced,
                p.posted_at,
                len(p.post_id),
                p.post_id,
            ),
        )
        for chain in chains.values()
    )
    return {(post.network, post.post_id): post for post in heads}
