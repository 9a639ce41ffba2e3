"""What servers called their last answers, kept in the archive."""

from bot.http import Remembered
from bot.store import Archive, meta


class StoredValidators:
    """A restart does not forget which feeds need not be sent again."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def get(self, url: str) -> Remembered | None:
        kept = await self._archive.read(meta.validators, url)
        if kept is None:
            return None
        etag, last_modified, note = kept
        return Remembered(etag=etag, last_modified=last_modified, note=note)

    async def put(self, url: str, remembered: Remembered) -> None:
        await self._archive.write(
            meta.put_validators, url, remembered.etag, remembered.last_modified, remembered.note
        )
