"""Examples in the API's description: each model shows one, and a test asks for it."""

from typing import Any

from pydantic import ConfigDict


def example(value: Any) -> ConfigDict:
    """The settings of a model with an example."""
    return ConfigDict(json_schema_extra={"examples": [value]})
