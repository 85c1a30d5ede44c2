"""Telling webhooks what happened, by the Standard Webhooks specification (https://www.standardwebhooks.com).

What is to be told is written down by :func:`onecopy.catalog.webhooks.emit`, in the transaction that does it.
:class:`~onecopy.webhooks.deliver.Deliverer` sends it: signed (:mod:`signing`), to targets that may be told
(:mod:`target`), within bounds (:mod:`send`), again and again (:mod:`schedule`).
"""
