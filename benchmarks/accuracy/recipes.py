"""All recipes by name, and which can be followed here."""

from collections.abc import Collection

from benchmarks.accuracy import augmented, edits, marks, outside, same
from benchmarks.accuracy.chains import chains
from benchmarks.accuracy.recipe import Recipe
from benchmarks.peers.tools import AbsentError

_MODULES = (same, outside, edits, marks, augmented)
SINGLE = {one.name: one for module in _MODULES for one in module.RECIPES}
ALL = SINGLE | {one.name: one for one in chains(SINGLE)}


def wanted(only: Collection[str] | None) -> list[Recipe]:
    """The recipes that are asked for, without those whose programs are missing; these are named aloud.

    Raises:
        SystemExit: There is no recipe of such a name.
    """
    unknown = sorted(set(only or ()) - set(ALL))
    if unknown:
        raise SystemExit(f"There is no {', '.join(unknown)}. There is: {', '.join(ALL)}")
    chosen = [one for name, one in ALL.items() if not only or name in only]
    absent = _absent({name for one in chosen for name in one.needs})
    for name, how in absent.items():
        left_out = [one.name for one in chosen if name in one.needs]
        print(f"SKIPPED {', '.join(left_out)}: {name} is not here. {how}.", flush=True)
    return [one for one in chosen if not absent.keys() & set(one.needs)]


def _absent(programs: Collection[str]) -> dict[str, str]:
    """Which of some programs are not here, and what to do about it."""
    absent = {name: how for name, how in outside.absent().items() if name in programs}
    if "augly" in programs:
        try:
            augmented.ENVIRONMENT.ready()
        except AbsentError as error:
            absent["augly"] = f"It could not be installed ({error}); a package index must be reachable"
    return absent
