"""Coroutines in a thread of their own.

While a session's Playwright is open, its event loop counts as running in the main thread of the worker, where
``asyncio.run`` is refused.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(coroutine):
    """What the coroutine returns, or raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
