"""What protects this machine from the files it reads, as a worker found it, in words (for ``doctor``)."""

from onecopy.errors import EnvironmentProblem
from onecopy.model import Limits


def status() -> dict[str, str]:
    """Start a worker, let it lock itself down, and say what holds.

    Returns:
        Words by ``worker``, ``limits``, ``files``, ``network`` and ``system-calls``; each begins with
        ``active``, ``partly active`` or ``NOT active``. Only ``worker`` if none can be started.
    """
    from onecopy.sandbox.process import Worker
    from onecopy.sandbox.spawner import Spawner

    spawner = Spawner(Limits())
    try:
        worker = Worker(spawner, ())
        worker.close()
        return {"worker": "active: files are read in processes of their own", **worker.protection}
    except EnvironmentProblem as problem:
        return {"worker": f"NOT active: {problem.message}"}
    finally:
        spawner.close()
