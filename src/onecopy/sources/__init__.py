"""Where files come from: list them and open them. Nothing here reads inside a file."""
