"""Settings from the environment and the command line."""

from pathlib import Path

import pytest

from helper.errors import InvalidError
from helper.messages import LANGUAGES, explain
from helper.settings import DEFAULT_PORT, RESOLVERS, TIME_SERVERS, Settings


def test_the_command_line_wins_over_the_environment() -> None:
    environment = {"KAZHENG_PORT": "1234", "KAZHENG_DATA": "elsewhere", "OTHER": "x"}
    found = Settings.from_environment(environment, port=4321, data=None)
    assert found.port == 4321
    assert found.data == Path("elsewhere")


def test_without_anything_the_defaults_hold() -> None:
    assert Settings.from_environment({}).port == DEFAULT_PORT


def test_several_keys_are_separated_by_commas() -> None:
    found = Settings.from_environment({"KAZHENG_TRUSTED_SPKI": "a=,b="})
    assert found.trusted_spki == ("a=", "b=")


def test_only_what_a_person_starts_asks_servers_outside_and_an_empty_list_asks_nobody() -> None:
    assert (Settings().time_servers, Settings().resolvers) == ((), ())
    started = Settings.from_environment({})
    assert (started.time_servers, started.resolvers) == (TIME_SERVERS, RESOLVERS)
    silent = Settings.from_environment({"KAZHENG_TIME_SERVERS": "", "KAZHENG_RESOLVERS": " "})
    assert (silent.time_servers, silent.resolvers) == ((), ())
    own = Settings.from_environment({"KAZHENG_TIME_SERVERS": "ntp.example,127.0.0.1:1123"})
    assert own.time_servers == ("ntp.example", "127.0.0.1:1123")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("environment", "given", "named"),
    [
        ({"KAZHENG_VISIT_SECONDS": "abc"}, {}, "KAZHENG_VISIT_SECONDS"),
        ({"KAZHENG_VISIT_SECONDS": "nan"}, {}, "KAZHENG_VISIT_SECONDS"),
        ({"KAZHENG_PORT": "65536"}, {}, "KAZHENG_PORT"),
        ({}, {"port": -1}, "--port"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    environment: dict[str, str], given: dict[str, object], named: str, language: str
) -> None:
    with pytest.raises(InvalidError) as failure:
        Settings.from_environment(environment, **given)
    assert named in explain(failure.value, language)["message"]
