"""Everything that can be set, in one frozen record; read once at start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from helper.errors import InvalidError
from helper.messages import Language

DEFAULT_PORT = 17650
TIME_SERVERS = (
    "ntp.ntsc.ac.cn", "ntp.aliyun.com", "ntp.tencent.com", "time.cloudflare.com", "time.apple.com",
)  # fmt: skip
"""NTP servers of five owners: the National Time Service Centre first, two reachable everywhere."""
RESOLVERS = ("223.5.5.5", "1.1.1.1")
"""Public DNS resolvers of two owners in two jurisdictions (Alibaba, Cloudflare)."""
_LISTS = {"trusted_spki", "time_servers", "resolvers"}
_OUTSIDE = {"time_servers": TIME_SERVERS, "resolvers": RESOLVERS}


class Settings(BaseModel):
    """How this helper runs; `database`, `blobs`, `browser`: URLs, None is the embedded default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("kazheng", False)))
    port: int = Field(default=DEFAULT_PORT, ge=0, le=65535)
    """TCP port on loopback; 0 takes any free one."""
    language: Language = "zh_CN"
    database: str | None = None
    blobs: str | None = None
    browser: str | None = None
    """A path to a browser, or a CDP URL; None looks for an installed one."""
    trusted_spki: tuple[str, ...] = ()
    """Base64 SHA-256 of public keys whose certificates the witness accepts (the demo's own CA)."""
    visit_seconds: float = Field(default=45.0, gt=0, allow_inf_nan=False)
    """The longest a witness visit may take, all artifacts included."""
    lend_seconds: float = Field(default=20.0, ge=0, allow_inf_nan=False)
    """How long a visit waits for a session that was promised but is not in memory."""
    strips_seconds: float = Field(default=120.0, ge=0, allow_inf_nan=False)
    """How long sealing waits for the strips of the seen page."""
    private_display: bool = True
    """Start an own Xvfb for the real window where one is installed."""
    time_servers: tuple[str, ...] = ()
    """NTP servers (`host` or `host:port`) that say how far the clock is off; empty asks nobody."""
    resolvers: tuple[str, ...] = ()
    """DNS resolvers (`address` or `address:port`) asked for the shop's name; empty asks nobody."""
    hosts_file: Path | None = None
    """The hosts file of this computer; None is the system's own."""

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of catalogue and workflow engine."""
        return self.database or f"sqlite:///{(self.data / 'vault.db').as_posix()}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **given: object) -> Settings:
        """Read `KAZHENG_<FIELD>` variables; what is given as argument wins.

        Only settings read here ask anybody outside by default. Raises InvalidError naming the
        variable or option whose value cannot be used.
        """
        values: dict[str, object] = {**_OUTSIDE}
        for name in cls.model_fields:
            raw = environment.get(f"KAZHENG_{name.upper()}")
            if raw is not None:
                split = tuple(part for part in raw.split(",") if part.strip())
                values[name] = split if name in _LISTS else raw
        values |= {key: value for key, value in given.items() if value is not None}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            label = f"--{name}" if given.get(name) is not None else f"KAZHENG_{name.upper()}"
            raise InvalidError(reason="setting", what=label, value=first["input"]) from error
