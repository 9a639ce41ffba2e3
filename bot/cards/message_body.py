"""Views as the bodies that Discord takes, with a mark to find them again by."""

from collections.abc import Mapping, Sequence

from discord import ui

COMPONENTS_V2 = 1 << 15  # message flag, Discord's reference "Message Flags"

# A component's id is an int32. Discord numbers those without one from 1, and there are at most 40
# of them, so a higher one was never given by Discord.
MIN_MARKER = 41
MAX_MARKER = 2**31 - 1


def payload(view: ui.LayoutView, *, nonce: str, marker: int) -> dict[str, object]:
    """As ``body_of``, of the components of a view."""
    return body_of([item.to_component_dict() for item in view.children], nonce=nonce, marker=marker)


def body_of(
    components: Sequence[Mapping[str, object]], *, nonce: str, marker: int
) -> dict[str, object]:
    """The body of a message: pings nobody, sent once for a ``nonce`` (at most 25 characters).

    ``marker`` (MIN_MARKER to MAX_MARKER) becomes the id of the first component, where
    ``marker_of`` finds it in the channel's history after a send whose outcome is unknown.
    """
    if not MIN_MARKER <= marker <= MAX_MARKER:
        raise ValueError(f"a marker is from {MIN_MARKER} to {MAX_MARKER}, not {marker}")
    first, *others = components
    return {
        "components": [{**first, "id": marker}, *others],
        "flags": COMPONENTS_V2,
        "allowed_mentions": {"parse": []},
        "nonce": nonce,
        "enforce_nonce": True,
    }


def marker_of(components: Sequence[Mapping[str, object]]) -> int | None:
    """The marker that a message of these components was sent with; None if there was none."""
    marker = components[0].get("id") if components else None
    return marker if isinstance(marker, int) and marker >= MIN_MARKER else None
