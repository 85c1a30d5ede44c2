"""``onecopy serve``: the gate over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.errors import EnvironmentProblem


@ends(after_interrupt="Uploads under way were finished; start it again with: onecopy serve")
def serve(
    host: Annotated[
        str, typer.Option(envvar="ONECOPY_HOST", help="Address to listen on; 0.0.0.0 for every one.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="ONECOPY_PORT", min=0, max=65535, help="Port; 0 takes any free one.")
    ] = 8420,
    catalog: Annotated[
        str | None,
        typer.Option(
            envvar="ONECOPY_CATALOG",
            metavar="URL",
            help="Catalog: a path or a database URL. By default in your data folder.",
        ),
    ] = None,
    vault: Annotated[
        str | None,
        typer.Option(
            envvar="ONECOPY_VAULT",
            metavar="URL",
            help="What keeps the uploads: a folder or s3://bucket/prefix. By default in your data folder.",
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            envvar="ONECOPY_POLICY",
            metavar="FILE",
            help="What becomes of uploads, see: onecopy policy. By default as shipped.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(envvar="ONECOPY_WORKERS", min=1, max=256, help="Processes that answer requests.")
    ] = 1,
) -> Code:
    """Say of each upload, before it is stored, whether the picture is held already.

    The first start prints a token, once; ONECOPY_ADMIN_TOKEN sets it instead. Stop with Ctrl-C: uploads
    under way are finished first.

    Examples:
      onecopy serve

      onecopy serve --port 9000 --catalog /srv/onecopy/catalog.db --vault /srv/onecopy/vault

      onecopy serve --policy /etc/onecopy/policy.yaml
    """
    try:
        from onecopy.service.run import serve as run
        from onecopy.service.settings import Settings
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("onecopy"):
            raise
        raise EnvironmentProblem(
            f"The service needs parts that are not installed ({error.name}). "
            "Install them with: pip install 'onecopy[service]'",
            code="needs-extra",
        ) from None
    from dataclasses import replace

    settings = Settings.from_environment()
    run(
        replace(
            settings,
            host=host,
            port=port,
            catalog=catalog,
            vault=vault,
            policy=policy,
            workers=workers,
        ),
        say=lambda line: print(line, flush=True),
    )
    return Code.DONE
