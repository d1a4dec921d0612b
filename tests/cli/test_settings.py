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
    assert (Settings().clock_sources, Settings().name_servers) == ((), ())
    started = Settings.from_environment({})
    assert (started.clock_sources, started.name_servers) == (TIME_SERVERS, RESOLVERS)
    silent = Settings.from_environment({"KAZHENG_OUTSIDE": "no"})
    assert (silent.clock_sources, silent.name_servers) == ((), ())
    own = Settings.from_environment({"KAZHENG_TIME_SERVERS": "ntp.example,127.0.0.1:1123"})
    assert own.time_servers == ("ntp.example", "127.0.0.1:1123")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("environment", "given", "named"),
    [
        ({"KAZHENG_VISIT_SECONDS": "abc"}, {}, "KAZHENG_VISIT_SECONDS"),
        ({"KAZHENG_VISIT_SECONDS": "nan"}, {}, "KAZHENG_VISIT_SECONDS"),
        ({"KAZHENG_PORT": "65536"}, {}, "KAZHENG_PORT"),
        ({"KAZHENG_DATABASE": "postgresql://db/kazheng"}, {}, "KAZHENG_DATABASE"),
        ({"KAZHENG_BLOBS": "s3://bucket"}, {}, "KAZHENG_BLOBS"),
        ({"KAZHENG_BROWSER": "ws://127.0.0.1:9222"}, {}, "KAZHENG_BROWSER"),
        ({}, {"port": -1}, "--port"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    environment: dict[str, str], given: dict[str, object], named: str, language: str
) -> None:
    with pytest.raises(InvalidError) as failure:
        Settings.from_environment(environment, **given)
    assert named in explain(failure.value, language)["message"]


def test_only_commands_ask_outside_and_a_variable_forbids_it() -> None:
    assert not Settings().outside
    assert Settings.from_environment({}).outside
    assert not Settings.from_environment({"KAZHENG_OUTSIDE": "no"}).outside


def test_authorities_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "机构.json"
    file.write_text('[{"key": "tsa", "name": "联合信任", "url": "https://tsa.example/"}]', "utf-8")
    [found] = Settings.from_environment({"KAZHENG_AUTHORITIES": str(file)}).authorities or ()
    assert (found.key, found.name, found.root) == ("tsa", "联合信任", None)


def test_none_is_the_empty_list_and_commas_part_urls() -> None:
    found = Settings.from_environment(
        {
            "KAZHENG_AUTHORITIES": "none",
            "KAZHENG_CALENDARS": "http://a,http://b",
            "KAZHENG_BEACONS": "none",
        }
    )
    assert found.authorities == found.beacons == ()
    assert found.calendars == ("http://a", "http://b")


@pytest.mark.parametrize(
    "text", ["", "{}", "[{}]", '[{"key": "../x", "name": "x", "url": "http://x"}]',
             '[{"key": "x", "name": "x", "url": "http://user:secret@x/"}]',
             '[{"key": "x", "name": "x", "url": "file:///etc/passwd"}]'],
)  # fmt: skip
def test_a_file_that_lists_no_authorities_is_named_without_its_content(
    text: str, tmp_path: Path
) -> None:
    file = tmp_path / "authorities.json"
    file.write_text(text, "utf-8")
    with pytest.raises(InvalidError) as failure:
        Settings.from_environment({"KAZHENG_AUTHORITIES": str(file)})
    said = explain(failure.value, "en")["message"]
    assert str(file) in said
    assert "secret" not in said
