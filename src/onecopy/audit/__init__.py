"""The audit log as such: what an event is, how it is hashed, and how a log is proven intact.

Pure: nothing here knows a database. :mod:`onecopy.catalog.events` keeps the log, in the transactions that it
tells of.
"""
