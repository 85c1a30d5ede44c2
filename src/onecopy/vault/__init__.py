"""Where contents are kept once, named by what they are. See :mod:`onecopy.vault.interface`."""
