"""A content that a folder keeps, as it is read: its file, or what its recipe makes of another's."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, overload

from onecopy.errors import UnreadableError
from onecopy.vault.names import sharded
from onecopy.vault.recipe import Recipe, decoded, make, opened


@dataclass(frozen=True, slots=True)
class LocalContent:
    """A kept content as a file on disk, made for the moment where there is only a recipe."""

    path: Path

    def open(self) -> BinaryIO:
        """Open for reading.

        Raises:
            UnreadableError: ``vanished`` or ``no-access``.
        """
        return self._opened() or self._through_recipe(make_file=True) or self._opened(last=True)

    def read(self) -> BinaryIO:
        """Open for reading, through the recipe where there is one: no file is made.

        Raises:
            UnreadableError: ``vanished`` or ``no-access``.
        """
        return self._opened() or self._through_recipe(make_file=False) or self._opened(last=True)

    def recipe(self) -> Recipe | None:
        """How it is rebuilt, if that is kept.

        Raises:
            UnreadableError: ``corrupt``.
        """
        try:
            found = decoded(sharded(self._root / "recipes", self.path.name).read_bytes())
        except FileNotFoundError:
            return None
        if found.sha256 != self.path.name:
            raise UnreadableError(f"The recipe of {self.path.name} is another's.", code="corrupt")
        return found

    @property
    def _root(self) -> Path:
        return self.path.parents[3]

    def _through_recipe(self, *, make_file: bool) -> BinaryIO | None:
        recipe = self.recipe()
        if recipe is None:
            return None
        base = LocalContent(sharded(self._root / "contents", recipe.base))._opened(last=True)
        if not make_file:
            return opened(recipe, base)
        with base:
            return make(recipe, base, self._root / "spool")

    @overload
    def _opened(self, *, last: Literal[True]) -> BinaryIO: ...

    @overload
    def _opened(self, *, last: Literal[False] = False) -> BinaryIO | None: ...

    def _opened(self, *, last: bool = False) -> BinaryIO | None:
        """The file itself. It is looked for once more last: it may have come while its recipe went."""
        try:
            return self.path.open("rb")
        except FileNotFoundError:
            if not last:
                return None
            raise UnreadableError(
                f"The vault has no content {self.path.name}. If it should, restore it from a backup.",
                code="vanished",
            ) from None
        except OSError as error:
            raise UnreadableError(
                f"The vault's file {self.path} cannot be read ({error.strerror}). Check its permissions.",
                code="no-access",
            ) from None
