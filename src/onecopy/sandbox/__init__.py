"""Limited worker processes: the only place where bytes from outside are parsed."""

from onecopy.sandbox.files import BytesFile, PathFile
from onecopy.sandbox.status import status

__all__ = ["BytesFile", "PathFile", "status"]
