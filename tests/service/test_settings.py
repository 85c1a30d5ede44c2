"""Where settings come from, which goes first, and what is said of mistakes."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onecopy.cli.app import build
from onecopy.errors import UsageError
from onecopy.service import setting
from onecopy.service.settings import LogFormat, Settings, table


@pytest.fixture
def config(tmp_path):
    def config(text):
        path = tmp_path / "onecopy.toml"
        path.write_text(text)
        return path

    return config


def test_flags_go_before_variables_before_the_file_before_defaults(config):
    file = config('port = 1\nhost = "file"\nworkers = 3\n')
    environment = {"ONECOPY_PORT": "2", "ONECOPY_HOST": "variable", "ONECOPY_DECODES": ""}
    found = Settings.load({"port": 4, "host": None}, file, environment)
    assert (found.port, found.host, found.workers) == (4, "variable", 3)
    assert found.decodes is None
    assert found.max_pages == Settings().max_pages


def test_a_variable_names_the_file(config):
    file = config('log_format = "json"\npolicy = "~/policy.yaml"\n')
    found = Settings.load({}, None, {"ONECOPY_CONFIG": str(file)})
    assert found.log_format is LogFormat.JSON
    assert found.policy == Path.home() / "policy.yaml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wokers = 2", "'wokers', which is no setting. Did you mean 'workers'?"),
        ("xyzzy = 2", "settings.md"),
        ("workers = 0", "'workers' in"),
        ("workers = true", "a single value"),
        ("workers = 2.5", "a whole number, not 2.5"),
        ("workers = [1]", "a single value"),
        ("port = 70000", "from 0 to 65,535, not 70000"),
        ("max_seconds = nan", "from 1 to 3,600"),
        ('log_format = "xml"', "one of console, json, not 'xml'"),
        ("workers = ", "is not TOML: "),
    ],
)
def test_mistakes_in_the_file_are_said(config, text, said):
    file = config(text)
    with pytest.raises(UsageError) as caught:
        Settings.load({}, file, {})
    assert said in caught.value.message
    assert str(file) in caught.value.message


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        Settings.load({}, tmp_path / "none.toml", {})


def test_mistakes_in_variables_are_said():
    with pytest.raises(UsageError, match="ONECOPY_MAX_PIXELS must be a whole number, not 'many'"):
        Settings.load({}, None, {"ONECOPY_MAX_PIXELS": "many"})


def test_processes_of_one_service_get_all_of_it():
    settings = replace(Settings(), catalog="c.db", workers=3, decodes=5, log_format=LogFormat.JSON)
    assert Settings.from_environment(settings.to_environment()) == settings


def test_limits_are_those_of_the_settings():
    limits = Settings(max_upload_bytes=1, max_pixels=2, max_pages=3, max_images=4, max_nesting=5).limits()
    assert (limits.file_bytes, limits.pixels, limits.pages, limits.images, limits.nesting) == (1, 2, 3, 4, 5)


def test_secrets_have_no_flags():
    without = {one.name for one in table() if setting.flag(one) is None}
    assert without == {"admin_token", "oidc_client_secret"}


def test_the_shown_mistake_of_a_secret_does_not_show_it(config):
    with pytest.raises(UsageError) as caught:
        Settings.load({}, config('admin_token = ["hunter2"]'), {})
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("how", ["variable", "flag"])
def test_other_commands_take_places_from_the_file(config, tmp_path, how, monkeypatch):
    monkeypatch.delenv("ONECOPY_CATALOG", raising=False)
    monkeypatch.delenv("ONECOPY_VAULT", raising=False)
    monkeypatch.setattr("os.environ", dict(__import__("os").environ))
    file = config(f'catalog = "{tmp_path}/here.db"\nvault = "{tmp_path}/v"\n')
    given = ["--config", str(file)] if how == "flag" else []
    environment = {"ONECOPY_CONFIG": str(file)} if how == "variable" else {}
    found = CliRunner().invoke(build(), [*given, "doctor"], env=environment)
    assert f"{tmp_path}/here.db" in found.output
    assert f"There is no vault in {tmp_path}/v" in found.output


def test_a_bad_file_ends_a_command_with_a_sentence(config):
    found = CliRunner().invoke(build(), ["--config", str(config("wokers = 1")), "doctor"])
    assert found.exit_code == 2
    assert "which is no setting" in " ".join(found.output.replace("│", "").split())
