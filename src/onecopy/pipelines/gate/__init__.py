"""The gate: is this upload held already? One question before anything is stored, one answer.

``check`` answers and stores nothing; ``submit`` answers and stores. Both are plain functions of a file and
its context, for a service as for any other program::

    with Gate.open() as gate:
        reply = gate.submit(Path("front.jpg"), Context(case="24016-00001"))
        print(reply.decision, reply.reason)

A hash proposes, pixels decide; pixels are compared outside of any transaction. The transaction that stores
looks again at what others committed meanwhile, and steps back to compare if there is something new. Bytes are
on the disk before the row that names them, and the row before the reply. Nothing that goes wrong with
reading or comparing loses an upload.
"""

from onecopy.pipelines.gate.gate import Gate
from onecopy.pipelines.gate.model import Context, GateReply

__all__ = ["Context", "Gate", "GateReply"]
