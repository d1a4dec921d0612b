"""Everything that can be set, in one frozen record; read once at start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field

from helper.messages import Language

DEFAULT_PORT = 17650


class Settings(BaseModel):
    """How this helper runs; `database`, `blobs`, `browser`: URLs, None is the embedded default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("kazheng", False)))
    port: int = DEFAULT_PORT
    language: Language = "zh_CN"
    database: str | None = None
    blobs: str | None = None
    browser: str | None = None
    """A path to a browser, or a CDP URL; None looks for an installed one."""
    trusted_spki: tuple[str, ...] = ()
    """Base64 SHA-256 of public keys whose certificates the witness accepts (the demo's own CA)."""
    visit_seconds: float = 45.0
    """The longest a witness visit may take, all artifacts included."""
    lend_seconds: float = 20.0
    """How long a visit waits for a session that was promised but is not in memory."""
    strips_seconds: float = 120.0
    """How long sealing waits for the strips of the seen page."""
    private_display: bool = True
    """Start an own Xvfb for the real window where one is installed."""

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of catalogue and workflow engine."""
        return self.database or f"sqlite:///{(self.data / 'vault.db').as_posix()}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **given: object) -> Settings:
        """Read `KAZHENG_<FIELD>` variables; what is given as argument wins."""
        values: dict[str, object] = {}
        for name in cls.model_fields:
            raw = environment.get(f"KAZHENG_{name.upper()}")
            if raw is not None:
                values[name] = tuple(raw.split(",")) if name == "trusted_spki" else raw
        values |= {key: value for key, value in given.items() if value is not None}
        return cls.model_validate(values)
