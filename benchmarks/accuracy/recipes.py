"""All recipes by name, and which can be followed here."""

from collections.abc import Collection

from benchmarks.accuracy import edits, marks, outside, same
from benchmarks.accuracy.chains import chains
from benchmarks.accuracy.recipe import Recipe

SINGLE = {one.name: one for one in (*same.RECIPES, *outside.RECIPES, *edits.RECIPES, *marks.RECIPES)}
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
    absent = outside.absent()
    for name, how in absent.items():
        left_out = [one.name for one in chosen if name in one.needs]
        if left_out:
            print(f"SKIPPED {', '.join(left_out)}: {name} is not here. {how}.", flush=True)
    return [one for one in chosen if not absent.keys() & set(one.needs)]
