"""Decoders that are optional: which module each extra brings. Loads none of them."""

from importlib.util import find_spec

MODULES = {"heic": "pillow_heif"}
"""By the name of the extra (``pip install 'onecopy[heic]'``), the module that it adds."""


def installed() -> tuple[str, ...]:
    """The extras whose module is there, sorted."""
    return tuple(sorted(extra for extra, module in MODULES.items() if find_spec(module) is not None))
