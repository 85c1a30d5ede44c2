"""``python -m onecopy.cli``: the same as ``onecopy``."""

from onecopy.cli import main

main()
