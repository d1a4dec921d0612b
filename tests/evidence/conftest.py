"""A bundle made from a real vault: two captures of one case, sealed in stages."""

import hashlib
import json
import shutil
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from helper.evidence import bundle, canonical, manifest, seal
from helper.model import Artifact, CaptureMeta, Missing, Role
from helper.settings import Settings
from helper.vault.blobs import Blobs
from helper.vault.catalogue import Catalogue, open_engine
from helper.vault.ledger import Ledger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


@dataclass
class Case:
    """A vault with one case, and its bundle."""

    catalogue: Catalogue
    ledger: Ledger
    blobs: Blobs
    folder: Path

    def add(self, number: int, url: str | None = None) -> str:
        """Add a capture without a seal."""
        uuid = str(UUID(int=number))
        url = url or f"https://shop.example/订单/{number}"
        meta = CaptureMeta(url=url, title="订单", clicked_at=NOON)
        self.catalogue.create_capture(uuid, meta, [])
        self.catalogue.join_case(
            uuid, platform_key=None, host="shop.example", order_no="A1", wanted=None,
            title="订单 A1", now=NOON,
        )  # fmt: skip
        return uuid

    def keep(
        self, uuid: str, role: Role, name: str, data: bytes,
        media_type: str = "application/octet-stream",
    ) -> None:  # fmt: skip
        """Add an artifact."""
        artifact = Artifact(
            role=role, name=name, sha256=self.blobs.keep_bytes(data), bytes=len(data),
            media_type=media_type,
        )  # fmt: skip
        self.catalogue.add_artifacts(uuid, [artifact])

    def seal(self, uuid: str, stage: str, key: bytes = KEY, **values: object) -> None:
        """Seal what the capture holds now."""
        view = self.catalogue.capture(uuid)
        head = self.ledger.head()
        plain = {
            "capture_id": uuid, "stage": stage, "url": view.meta.url, "title": view.meta.title,
            "clicked_at": NOON, "artifacts": view.artifacts,
            "missing": [Missing(role="witness/tls", reason="not_https")],
            "tools": {"kazheng": "0.1.0"}, "previous": head, "sealed_at": NOON,
        }  # fmt: skip
        text = manifest.build(**(plain | values))
        signature = seal.sign(text, key)
        self.ledger.append(
            uuid, stage, self.blobs.keep_bytes(text), self.blobs.keep_bytes(signature), NOON,
            after=head,
        )  # fmt: skip

    def write(self, name: str = "case.zip", key: bytes = KEY, **values: Any) -> Path:
        """Write the bundle of all captures of the case."""
        case = self.catalogue.cases()[0]
        plain = {
            "case_id": case.case_id, "captures": case.captures, "ledger": self.ledger.entries(),
            "read": self.blobs.path, "key": key, "created_at": NOON + timedelta(hours=1),
        }  # fmt: skip
        return bundle.write(self.folder / name, **(plain | values))


@pytest.fixture
def empty(tmp_path: Path):
    engine = open_engine(Settings(data=tmp_path / "data"))
    yield Case(Catalogue(engine), Ledger(engine), Blobs(tmp_path / "data" / "blobs"), tmp_path)
    engine.dispose()


@pytest.fixture
def case(empty: Case) -> Case:
    """Two captures: S0 and S1 of the first with S0 of the second between, and a stranger's."""
    first, second = empty.add(1), empty.add(2)
    empty.keep(first, "seen/html", "seen-html.html", b"<p>order</p>" * 40)
    empty.keep(first, "seen/viewport", "seen-viewport.png", bytes(range(256)) * 8)
    empty.seal(first, "S0")
    empty.keep(second, "seen/text", "页面文字.txt", "订单号 A1".encode())
    empty.seal(second, "S0")
    empty.keep(first, "witness/page", "witness-page.png", b"\x89PNG" + bytes(500))
    empty.keep(first, "log", "empty.txt", b"")
    empty.seal(first, "S1")
    return empty


@pytest.fixture
def written(case: Case) -> Path:
    return case.write()


@pytest.fixture
def unpacked(written: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(written) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def pack(folder: Path, out: Path, **options: int) -> Path:
    """Pack a folder as somebody else's program does."""
    with zipfile.ZipFile(out, "w", **options) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder).as_posix())
    return out


SIGNED = {"bundle.json", "bundle.sig.json", "bundle.signed", "bundle.sig"}


def rehash(folder: Path) -> None:
    """List the files of a folder anew, as anybody can: SHA256SUMS and bundle.json, no key."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in SIGNED
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    lines = (f"{sha}  {name}\n" for name, sha in sorted(hashes.items()) if name != "SHA256SUMS")
    files["SHA256SUMS"] = "".join(lines).encode()
    (folder / "SHA256SUMS").write_bytes(files["SHA256SUMS"])
    listing = json.loads((folder / "bundle.json").read_bytes())
    listing["files"] = [
        {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in sorted(files.items())
    ]
    lines = (folder / "ledger.jsonl").read_bytes().splitlines() if "ledger.jsonl" in files else []
    if lines:
        listing["ledger_entries"] = len(lines)
        listing["ledger_head"] = hashlib.sha256(lines[-1]).hexdigest()
    (folder / "bundle.json").write_bytes(canonical.encode(listing))


def resign(folder: Path, key: bytes = KEY) -> None:
    """List and sign the files of a folder anew, as who holds the key could."""
    (folder / "installation.pem").write_bytes(seal.pem(seal.public_key(key)))
    rehash(folder)
    sign(folder, key)


def sign(folder: Path, key: bytes = KEY) -> None:
    """Sign `bundle.json` as it stands."""
    data = (folder / "bundle.json").read_bytes()
    signature = seal.sign(data, key, "bundle")
    (folder / "bundle.sig.json").write_bytes(signature)
    (folder / "bundle.signed").write_bytes(seal.message(data, "bundle"))
    (folder / "bundle.sig").write_bytes(bytes.fromhex(json.loads(signature)["signature"]))


@pytest.fixture
def tools():
    """The helpers above, for tests (importlib mode has no import between test files)."""

    class Tools:
        key = KEY
        other_key = OTHER_KEY
        installation = seal.fingerprint(seal.public_key(KEY))
        pack = staticmethod(pack)
        resign = staticmethod(resign)
        rehash = staticmethod(rehash)
        sign = staticmethod(sign)

        @staticmethod
        def copy(folder: Path) -> Path:
            return Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-copy")))

    return Tools()
