"""``DELETE /v1/occurrences/{id}``: an occurrence ends; what others need of its content stays."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from onecopy.catalog import arrivals, uploads
from onecopy.errors import UsageError
from onecopy.pipelines.gate import Gate
from onecopy.records.deletion import delete
from onecopy.service.api.models import problems
from onecopy.service.auth import Deleter
from onecopy.service.problems import ProblemError

router = APIRouter(prefix="/v1", tags=["deleting"])


@router.delete("/occurrences/{id}", status_code=204, responses=problems(401, 403, 404, 409, 503))
def delete_occurrence(request: Request, id: str, caller: Deleter) -> Response:
    """Delete an occurrence. Refused while it is held. The bytes stay as long as any occurrence needs them."""
    gate: Gate = request.app.state.gate
    with gate.catalog.read() as connection:
        found = uploads.get(connection, id, agency=caller.agency)
    if found is None:
        raise _none()
    with gate.catalog.write([arrivals.scope(found.agency or "")]) as connection:
        one = uploads.get(connection, id, agency=caller.agency)
        if one is None:  # somebody else was quicker
            raise _none()
        try:
            delete(connection, one, by=caller.name)
        except UsageError as error:
            raise ProblemError(409, "under-hold", error.message) from None
    return Response(status_code=204)


def _none() -> ProblemError:
    return ProblemError(404, "not-found", "There is no such occurrence.")
