"""What members typed into forms that were refused, until the forms are sent again."""

from collections.abc import Mapping

Fields = Mapping[str, str]
"""The texts of a form by the names of its fields."""


class FormDrafts:
    """Each member's last draft of the form of each digest.

    A custom id is too short for it, and nobody asked to have it stored: a restart forgets it.
    """

    def __init__(self, max_drafts: int = 1000) -> None:
        self._max_drafts = max_drafts
        self._drafts: dict[tuple[int, int], Fields] = {}

    def keep(self, member_id: int, rule_id: int, fields: Fields) -> None:
        """In place of what the member typed about this rule before. Of too many the oldest goes."""
        self.drop(member_id, rule_id)
        self._drafts[member_id, rule_id] = fields
        if len(self._drafts) > self._max_drafts:
            del self._drafts[next(iter(self._drafts))]

    def find(self, member_id: int, rule_id: int) -> Fields | None:
        return self._drafts.get((member_id, rule_id))

    def of(self, member_id: int) -> dict[int, Fields]:
        """All that the member typed, by digest."""
        return {key[1]: fields for key, fields in self._drafts.items() if key[0] == member_id}

    def drop(self, member_id: int, rule_id: int) -> None:
        self._drafts.pop((member_id, rule_id), None)

    def forget(self, member_id: int) -> None:
        """All that the member typed."""
        self._drafts = {key: fields for key, fields in self._drafts.items() if key[0] != member_id}
