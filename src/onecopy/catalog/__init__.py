"""The catalog: the database of everything but bytes. Open it with :class:`onecopy.catalog.store.Catalog`.

One module a subject (:mod:`contents`, :mod:`images`, :mod:`occurrences`, :mod:`verdicts`, :mod:`decisions`,
:mod:`scans`, :mod:`settings`, :mod:`previews`): plain functions over a connection, so that a caller puts as
much into one transaction as belongs together.
"""
