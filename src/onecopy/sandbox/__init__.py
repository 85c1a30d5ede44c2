"""Limited worker processes: the only place where bytes from outside are parsed."""
