"""How fast and how accurate onecopy is, measured; each folder prints tables."""
