"""Who signs the letters: kept encrypted, read only where a document needs it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import StringConstraints
from sqlalchemy import delete, insert, select

from helper.vault import locked, schema
from helper.vault.store import Store, empty_journal, reading, writing
from scrapers.record import Frozen

_PURPOSE: Final = "kazheng/identity/1"
_identity = schema.identity
_Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class Identity(Frozen):
    """What the user tells of himself for letters; empty is not told."""

    name: _Line = ""
    phone: _Line = ""
    email: _Line = ""
    address: _Line = ""
    id_number: _Line = ""

    def __repr__(self) -> str:
        """Name the fields that are told, never what they say: a log may print this."""
        return f"Identity({', '.join(name for name, value in self if value)})"

    __str__ = __repr__


class Identities(Store):
    """The one identity of the catalogue."""

    def put_identity(self, identity: Identity, key: bytes) -> None:
        """Keep an identity in place of the one before; an empty one is none."""
        sealed = locked.seal(identity.model_dump_json().encode(), key, _PURPOSE)
        with writing(self.engine) as connection:
            connection.execute(delete(_identity))
            if identity != Identity():
                connection.execute(insert(_identity).values(id=1, sealed=sealed))

    def identity(self, key: bytes) -> Identity:
        """Return who signs, the empty one where nothing is kept or another key kept it."""
        with reading(self.engine) as connection:
            sealed = connection.execute(select(_identity.c.sealed)).scalar()
        told = None if sealed is None else locked.unseal(sealed, key, _PURPOSE)
        return Identity() if told is None else Identity.model_validate_json(told)

    def forget_identity(self) -> None:
        """Delete what is kept of the user."""
        with writing(self.engine) as connection:
            connection.execute(delete(_identity))
        empty_journal(self.engine)
