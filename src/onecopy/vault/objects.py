"""The objects of a vault in a bucket: which there are, since when, and the mark that says what they are."""

from collections.abc import Iterator

from onecopy.errors import EnvironmentProblem
from onecopy.vault.folders import LAYOUT, WITH_RECIPES
from onecopy.vault.s3 import Bucket, in_words, no_bucket

_MARKER = "onecopy-vault"
_OWN = ("contents/", "again/", "catalogs/", "recipes/", "bases/", _MARKER)


class Objects:
    """What is below a vault's prefix. Every method raises ``EnvironmentProblem`` as :func:`in_words` does."""

    def __init__(self, bucket: Bucket) -> None:
        """Look at the objects of a bucket."""
        self._bucket = bucket

    def head(self, name: str) -> tuple[int, float] | None:
        """Size and date (seconds since 1970) of an object, if it is there."""
        import obstore

        try:
            with in_words(self._bucket):
                found = obstore.head(self._bucket.store(), name)
                return found["size"], found["last_modified"].timestamp()
        except FileNotFoundError:
            return None

    def names(self, prefix: str) -> Iterator[tuple[str, tuple[int, float]]]:
        """The objects below a prefix: the last part of each name, its size and its date."""
        import obstore

        with in_words(self._bucket):
            for page in obstore.list(self._bucket.store(), prefix=prefix):
                for found in page:
                    name = found["path"].rpartition("/")[2]
                    yield name, (found["size"], found["last_modified"].timestamp())

    def mark(self, name: str) -> None:
        """Make an empty object, or give it today's date."""
        import obstore

        with in_words(self._bucket):
            obstore.put(self._bucket.store(), name, b"")

    def delete(self, *names: str) -> None:
        """Delete objects; what is not there is no error."""
        import obstore

        with in_words(self._bucket):
            obstore.delete(self._bucket.store(), list(names))

    def claim(self, *, make: bool) -> None:
        """See to it that this is a vault, and one that this version knows.

        Args:
            make: Make one where there is nothing yet.

        Raises:
            EnvironmentProblem: ``not-a-vault``; or the store fails or refuses.
        """
        with in_words(self._bucket):
            if self._is_vault():
                return
            if not make:
                raise EnvironmentProblem(f"There is no vault in {self._bucket.place}.", code="not-a-vault")
            self._make()

    def allow_recipes(self) -> None:
        """Let older versions, which know no recipes, say that they do not know this vault."""
        import obstore

        with in_words(self._bucket):
            if bytes(obstore.get(self._bucket.store(), _MARKER).bytes()) != WITH_RECIPES.encode():
                obstore.put(self._bucket.sending(), _MARKER, WITH_RECIPES.encode())

    def _is_vault(self) -> bool:
        import obstore

        try:
            layout = bytes(obstore.get(self._bucket.store(), _MARKER).bytes()).decode(errors="replace")
        except FileNotFoundError:
            return False
        if layout not in (LAYOUT, WITH_RECIPES):
            raise EnvironmentProblem(
                f"{self._bucket.place} says {layout[:80]!r}, which this version does not know. "
                "Use a newer onecopy.",
                code="not-a-vault",
            )
        return True

    def _make(self) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        store = self._bucket.store()
        first = next(iter(obstore.list(store, chunk_size=10)), [])
        if any(not found["path"].startswith(_OWN) for found in first):
            raise EnvironmentProblem(
                f"{self._bucket.place} is not a vault and is not empty. Name an empty or a new prefix.",
                code="not-a-vault",
            )
        try:
            obstore.put(store, _MARKER, LAYOUT.encode(), mode="create")
        except AlreadyExistsError:
            pass  # another process was faster
        except FileNotFoundError:
            raise no_bucket(self._bucket) from None
