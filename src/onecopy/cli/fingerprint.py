"""``onecopy fingerprint``: what identifies an image, as JSON lines."""

import json
from typing import Annotated, Any

import typer

from onecopy.cli.ending import Code, ends


@ends()
def fingerprint(
    file: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Image files, or files that hold images.")
    ],
    features: Annotated[bool, typer.Option("--features", help="Print the packed features, too.")] = False,
) -> Code:
    """Print the fingerprint of every image in some files, one JSON object a line.

    [bold]Example[/bold]

      onecopy fingerprint photo.jpg plans.pdf
    """
    from onecopy.engines.local import LocalEngine
    from onecopy.errors import OnecopyError
    from onecopy.locator import quote
    from onecopy.model import Limits
    from onecopy.pipelines.single import identify_file

    code, limits = Code.DONE, Limits()
    with LocalEngine(1, limits) as engine:
        for path in file:
            name = quote(path)
            try:
                found = identify_file(engine, path, limits)
            except OnecopyError as error:
                _print({"locator": name, "error": {"code": error.code, "message": error.message}})
                code = Code.PARTLY
                continue
            for image in found.images:
                _print({"locator": name + image.inner, **_plain(image.fingerprint, features=features)})
            for problem in found.problems:
                said = {"code": problem.code, "message": problem.message}
                _print({"locator": name + problem.inner, "error": said})
                code = Code.PARTLY
    return code


def _plain(fingerprint: Any, *, features: bool) -> dict[str, Any]:
    """A fingerprint as plain types, bytes in hexadecimal; the features only if they are wanted."""
    import msgspec

    plain: dict[str, Any] = msgspec.to_builtins(fingerprint, builtin_types=(bytes,))
    if not features:
        del plain["features"]
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in plain.items()}


def _print(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
