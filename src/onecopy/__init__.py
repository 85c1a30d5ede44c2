"""onecopy finds every copy of an image before it is kept: a hash proposes, pixels decide.

    import onecopy

    onecopy.fingerprint("photo.jpg").pdq.hex()
    onecopy.compare("photo.jpg", "plans.pdf#page=3&image=1").relation
    onecopy.scan(["photos", "archive.zip"]).groups
    with onecopy.Gate.open() as gate:
        gate.submit(Path("photo.jpg"), onecopy.Context(case="24016-00001")).decision

Everything here is loaded on first use, so importing the package costs nothing.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = ["Context", "Gate", "GateReply", "compare", "fingerprint", "identify", "scan"]

if TYPE_CHECKING:
    from onecopy.api import Context, Gate, GateReply, compare, fingerprint, identify, scan
else:
    # There is a subpackage of this name. Importing a subpackage sets it as an attribute here, but only the
    # first time: so that is done now, and taken back, and the function is found by __getattr__ ever after.
    import onecopy.fingerprint  # noqa: F401

    del fingerprint

    def __getattr__(name: str) -> object:
        if name in __all__:
            from onecopy import api

            return getattr(api, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
