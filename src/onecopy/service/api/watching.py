"""``/metrics``: the figures of the service, for those who may see them."""

from fastapi import APIRouter
from starlette.responses import Response

from onecopy.service import metrics
from onecopy.service.api.models import problems
from onecopy.service.auth import Watcher

router = APIRouter(tags=["service"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"description": "In Prometheus' text format.", "content": {"text/plain": {}}},
        **problems(401, 403),
    },
)
def figures(caller: Watcher) -> Response:
    """Figures of all processes on this machine. The setting `metrics_port` offers them without a token."""
    return Response(metrics.text(), media_type=metrics.CONTENT_TYPE)
