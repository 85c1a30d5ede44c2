"""Who runs a command, for the audit log."""

import getpass


def actor() -> str:
    """The name of the system's user. Whoever may open the catalog may do all that commands do."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):  # a container may run as a number without a name
        return "command line"
