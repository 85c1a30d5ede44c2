"""How work is spread: over the cores of this machine, or further."""
