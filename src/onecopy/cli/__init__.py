"""The command line. One module a command; nothing heavy is imported before a command runs."""


def main() -> None:
    """Run ``onecopy`` (the entry point)."""
    from onecopy.cli.app import build

    build()(prog_name="onecopy")
