"""No process of a service outlives the one that started it, however that one ended."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess


def end_with_parent() -> None:
    """Ask this process to end in good order as soon as the one that started it is gone.

    A supervisor that is killed outright can tell its processes nothing; they would go on holding the port.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
