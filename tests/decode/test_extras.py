import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

from onecopy.decode import extras
from onecopy.parts import PARTS


def test_each_module_is_the_one_that_its_extra_installs():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert extras.MODULES.items() <= {name: module for name, (module, _) in PARTS.items()}.items()
    for extra, (module, _) in PARTS.items():
        brought = re.split(r"[\[>]", project["optional-dependencies"][extra][0])[0]
        assert module == brought.replace("-", "_")


def test_what_is_installed_is_found():
    assert ("heic" in extras.installed()) == (find_spec("pillow_heif") is not None)
