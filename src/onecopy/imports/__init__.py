"""Taking an archive in: a manifest names files, and each goes through the gate as if it had been uploaded.

:mod:`manifest` reads what is to be taken in, :mod:`places` opens files where that is allowed, :mod:`receive`
writes an import down, and :mod:`run` works on it, in a service or a command, row by row.
"""
