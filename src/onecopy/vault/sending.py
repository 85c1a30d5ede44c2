"""Sending contents into a bucket: once, whoever else does, and with a digest that the store checks."""

import random
import time

from onecopy.errors import EnvironmentProblem
from onecopy.vault.download import key, recipe_key
from onecopy.vault.objects import Objects
from onecopy.vault.s3 import Bucket, broke_off, no_bucket
from onecopy.vault.spool import LocalSpool

PART = 16 << 20
"""Larger contents are sent in parts of this size, a few at once. That the name is free cannot be a condition
then; it need not be, for what is sent under a digest has that digest."""
PARTS_AT_ONCE = 4
ATTEMPTS = 5
"""How often a content is sent that another process sends at the same moment."""
FRESH = 3600.0
"""Seconds for which a content that came again needs no new date."""


class Sender:
    """Sends what was spooled. Callers say what the store answers (:func:`onecopy.vault.s3.in_words`)."""

    def __init__(self, bucket: Bucket, objects: Objects) -> None:
        """Send into a bucket."""
        self._bucket = bucket
        self._objects = objects

    def put(self, spool: LocalSpool) -> bool:
        """Send a content unless it is there whole, however many others send it at the same moment.

        Returns:
            Whether it was not there.

        Raises:
            EnvironmentProblem: ``vault-unreachable``: others send it and do not finish.
            BaseError: Of the store.
        """
        from obstore.exceptions import BaseError

        for attempt in range(ATTEMPTS):
            size = self._size(spool)
            if size == spool.size:
                self.again(spool.sha256)
                return False
            try:
                if self.send(spool, create=size is None):
                    return True
            except BaseError as error:
                if attempt or not broke_off(error):
                    raise
            # Another process was faster, or is at it; or only the reply was lost: the next look tells.
            time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311 - no secret
        raise EnvironmentProblem(
            f"Others send the same content to {self._bucket.place} and do not finish. Try again.",
            code="vault-unreachable",
        )

    def send(self, spool: LocalSpool, *, create: bool) -> bool:
        """Send a content; a name that is taken by another length is damage, and mended."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        whole = spool.size <= PART
        try:
            with spool.content().open() as file:
                obstore.put(
                    self._bucket.sending(),
                    key(spool.sha256),
                    file.read() if whole else file,
                    mode="create" if whole and create else "overwrite",
                    use_multipart=not whole,
                    chunk_size=PART,
                    max_concurrency=PARTS_AT_ONCE,
                )
        except AlreadyExistsError:  # 412, or 409 while another is at it
            return False
        except FileNotFoundError:
            raise no_bucket(self._bucket) from None
        return True

    def again(self, sha256: str) -> None:
        """Let the grace time of a content start again, which cannot be touched itself."""
        since = self.since(sha256)
        if since is None or time.time() - since > FRESH:
            self._objects.mark(f"again/{sha256}")

    def since(self, sha256: str) -> float | None:
        """When a content, or its recipe, was last put."""
        found = [self._objects.head(name) for name in (key(sha256), recipe_key(sha256))]
        if not any(found):
            return None
        again = self._objects.head(f"again/{sha256}")
        return max(date for _, date in filter(None, (*found, again)))

    def _size(self, spool: LocalSpool) -> int | None:
        found = self._objects.head(key(spool.sha256))
        return None if found is None else found[0]
