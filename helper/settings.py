"""Everything that can be set, in one frozen record; read once at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from helper.errors import InvalidError
from helper.messages import Language

DEFAULT_PORT = 17650
TIME_SERVERS = (
    "ntp.ntsc.ac.cn", "ntp.aliyun.com", "ntp.tencent.com", "time.cloudflare.com", "time.apple.com",
)  # fmt: skip
"""NTP servers of five owners: the National Time Service Centre first, two reachable everywhere."""
RESOLVERS = ("223.5.5.5", "1.1.1.1")
"""Public DNS resolvers of two owners in two jurisdictions (Alibaba, Cloudflare)."""
_LISTS = frozenset({"trusted_spki", "calendars", "beacons", "time_servers", "resolvers"})


class Authority(BaseModel):
    """A time-stamp authority (RFC 3161); `key` stands in file names.

    `root` is a PEM file that its stamps must lead to, None the root pinned under this key.
    `credentials` is a file with `user:password`, readable by its owner alone; without one the
    variable `KAZHENG_AUTHORITY_<KEY>` is read. The password is in no setting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    name: str
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^@\s]+$")]
    root: Path | None = None
    credentials: Path | None = None


class Settings(BaseModel):
    """How this helper runs; `database`, `blobs`, `browser`: None is the embedded default.

    Servers behind them (PostgreSQL, S3, a CDP address) are not built yet, and refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("kazheng", False)))
    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535)
    """TCP port on loopback; 0 takes any free one."""
    language: Language = "zh_CN"
    database: str | None = None
    blobs: str | None = None
    browser: str | None = None
    """A path to a browser; None looks for an installed one."""
    trusted_spki: tuple[str, ...] = ()
    """Base64 SHA-256 of public keys whose certificates the witness accepts (the demo's own CA)."""
    visit_seconds: float = Field(default=45.0, gt=0, allow_inf_nan=False)
    """The longest a witness visit may take, all artifacts included."""
    lend_seconds: float = Field(default=20.0, ge=0, allow_inf_nan=False)
    """How long a visit waits for a session that was promised but is not in memory."""
    strips_seconds: float = Field(default=120.0, ge=0, allow_inf_nan=False)
    """How long sealing waits for the strips of the seen page."""
    start_seconds: float = Field(default=15.0, ge=0, allow_inf_nan=False)
    """How long a helper that has the vault already is given to answer: it may be starting."""
    reminder_hours: int = Field(default=48, ge=1, le=720)
    """How long to wait for a shop's answer before asking again: a value of experience, not law."""
    private_display: bool = True
    """Start an own Xvfb for the real window where one is installed."""
    outside: bool = False
    """Ask the package's time and name services; `KAZHENG_OUTSIDE=no` does not."""
    authorities: tuple[Authority, ...] | None = None
    """Whom to ask for time stamps, None: the package's own, if `outside`."""
    calendars: tuple[str, ...] | None = None
    """URLs of OpenTimestamps calendars, None: the package's, if `outside`."""
    beacons: tuple[str, ...] | None = None
    """URLs of drand servers, for the bound "not before", None: the package's, if `outside`."""
    time_servers: tuple[str, ...] | None = None
    """NTP servers (`host` or `host:port`) that say how far the clock is off, None: as above."""
    resolvers: tuple[str, ...] | None = None
    """DNS resolvers (`address` or `address:port`) asked for the shop's name, None: as above."""
    limits: dict[str, int] = {}
    """Characters that the forms of channels take, by channel: `12315=2000,heimao=1000`."""
    hosts_file: Path | None = None
    """The hosts file of this computer; None is the system's own."""

    @field_validator("database", "blobs", "browser")
    @classmethod
    def _embedded(cls, value: str | None, info: ValidationInfo) -> str | None:
        here = {"database": r"sqlite:.*", "blobs": r"", "browser": r"(?!\w+://).*"}
        if value is not None and not re.fullmatch(here[str(info.field_name)], value):
            raise ValueError("not built yet")
        return value or None

    @property
    def serving(self) -> Path:
        """The file that says on which port a helper serves this vault."""
        return self.data / "serving.json"

    @property
    def clock_sources(self) -> tuple[str, ...]:
        """The NTP servers that are really asked."""
        return (
            (TIME_SERVERS if self.outside else ())
            if self.time_servers is None
            else (self.time_servers)
        )

    @property
    def name_servers(self) -> tuple[str, ...]:
        """The DNS resolvers that are really asked."""
        return (RESOLVERS if self.outside else ()) if self.resolvers is None else self.resolvers

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of catalogue and workflow engine."""
        return self.database or f"sqlite:///{(self.data / 'vault.db').as_posix()}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **given: object) -> Settings:
        """Read `KAZHENG_<FIELD>` variables; what is given as argument wins.

        Lists are separated by commas, `none` is the empty one; `KAZHENG_AUTHORITIES` is the path
        of a JSON file with a list of authorities. Raises InvalidError naming the variable or
        option whose value cannot be used.
        """
        values: dict[str, object] = {"outside": True}
        for name in cls.model_fields:
            raw = environment.get(f"KAZHENG_{name.upper()}")
            if raw is not None:
                values[name] = _read(name, raw)
        values |= {key: value for key, value in given.items() if value is not None}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            label = f"--{name}" if given.get(name) is not None else f"KAZHENG_{name.upper()}"
            raise InvalidError(reason="setting", what=label, value=first["input"]) from error


def _read(name: str, raw: str) -> object:
    """Return what a variable means: a list, the list in a file, or the text as it is."""
    if name in _LISTS:
        return tuple(part for part in raw.split(",") if part.strip() not in {"", "none"})
    if name == "limits":
        return dict(part.split("=", 1) for part in raw.split(",") if "=" in part)
    if name == "authorities":
        return () if raw == "none" else _authorities(raw)
    return raw


def _authorities(raw: str) -> object:
    try:
        with Path(raw).open(encoding="utf-8") as file:
            return TypeAdapter(tuple[Authority, ...]).validate_json(file.read(1 << 20))
    except (OSError, ValueError) as error:
        raise InvalidError(reason="setting", what="KAZHENG_AUTHORITIES", value=raw) from error
