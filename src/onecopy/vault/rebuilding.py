"""Whether a recipe stands for a content: the same question in every vault."""

from onecopy.errors import UnreadableError
from onecopy.vault.interface import Vault


def rebuilds(vault: Vault, sha256: str, *, prove: bool) -> bool:
    """Whether there is a recipe whose base is there.

    Args:
        vault: That keeps it.
        sha256: Of the content.
        prove: Whether to make it once, and compare its digest.
    """
    try:
        recipe = vault.recipe(sha256)
        if recipe is None or not vault.is_whole(recipe.base):
            return False
        if prove:
            vault.content(sha256).open().close()  # makes it, and compares its digest
    except UnreadableError:
        return False
    return True
