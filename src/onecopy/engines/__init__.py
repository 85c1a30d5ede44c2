"""How work is spread: over the cores of this machine, or further."""

from onecopy.engines.interface import Engine, run_one
from onecopy.engines.local import LocalEngine

__all__ = ["Engine", "LocalEngine", "run_one"]
