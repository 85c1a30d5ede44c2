"""The search for garbage that hangs together, in a process that holds much for good."""

import gc

YOUNG = 20_000
"""How many more objects there are than before when the young ones are looked at."""


def keep_what_stays() -> None:
    """Leave out of the search whatever is there now: modules, the application, fingerprints.

    By default Python looks at the young objects for each 700 more, and now and then at all there are; a
    request makes and drops thousands.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
