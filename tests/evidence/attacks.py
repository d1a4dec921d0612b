"""What can be done to an unpacked bundle without the key, and with another: for both verifiers."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from helper.evidence import canonical, seal


@dataclass(frozen=True)
class Attack:
    """`apply` changes a folder; the verdict must be fail, and a detail names the member."""

    name: str
    member: str | tuple[str, ...]
    apply: Callable[[Path], None]
    pinned: bool = False

    def named(self, said: str) -> bool:
        """Tell whether the details name the member, of several that were exchanged one."""
        wanted = (self.member,) if isinstance(self.member, str) else self.member
        return any(name in said for name in wanted)


def members(folder: Path) -> list[str]:
    """Return the names of all files."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def attacks(
    folder: Path, older: Path, tools: Any, changed: str = "seen-html.html"
) -> Iterator[Attack]:
    """Give every attack on a bundle; `older` is an earlier bundle of the same case, unpacked.

    `changed` ends the name of the artifact that is changed before all is hashed again.
    """
    names = members(folder)
    for name in names:
        yield Attack(f"flip {name}", name, lambda f, n=name: _flip(f / n))
        yield Attack(f"remove {name}", name, lambda f, n=name: (f / n).unlink())
        yield Attack(f"rename {name}", name, lambda f, n=name: _rename(f / n))
    for one, two in pairwise(names):
        if (folder / one).read_bytes() != (folder / two).read_bytes():
            yield Attack(f"swap {one}", (one, two), lambda f, a=one, b=two: _swap(f / a, f / b))
    yield Attack("add", "added.txt", lambda f: _put(f / "added.txt", b"x"))
    artifact = next(name for name in names if name.endswith(changed))
    yield Attack("rehash", "bundle.json", lambda f: _rehash(f, artifact, tools))
    yield Attack("rehash seals", "bundle.json", lambda f: _rehash_seals(f, artifact, tools))
    for name in ("ledger.jsonl", *(n for n in names if n.endswith("/manifest.json"))):
        source = older / name if name == "ledger.jsonl" else _older_manifest(older, folder / name)
        if source.read_bytes() != (folder / name).read_bytes():
            yield Attack(f"older {name}", name, lambda f, n=name, s=source: _copy(s, f / n))
    yield Attack("another key", "", lambda f: _all_again(f, tools), pinned=True)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[len(data) // 2] ^= 1
    path.write_bytes(data or b"\0")


def _rename(path: Path) -> None:
    path.rename(path.with_name(f"x{path.name}"))


def _swap(one: Path, two: Path) -> None:
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _copy(source: Path, target: Path) -> None:
    shutil.copy(source, target)


def _older_manifest(older: Path, path: Path) -> Path:
    """Return the manifest of another stage, of the same capture where there is one."""
    capture = path.parent.parent.name
    found = sorted(older.glob(f"seals/{capture}/*/manifest.json"))
    return next((p for p in found if p.read_bytes() != path.read_bytes()), found[0])


def _rehash(folder: Path, artifact: str, tools: Any) -> None:
    _flip(folder / artifact)
    tools.rehash(folder)


def _rehash_seals(folder: Path, artifact: str, tools: Any) -> None:
    """Rewrite manifests, entries and ledger for a changed artifact, all without the key."""
    _flip(folder / artifact)
    _reseal(folder, lambda _, signature: signature)
    tools.rehash(folder)


def _all_again(folder: Path, tools: Any) -> None:
    """Make a bundle that holds together, by another key."""
    _reseal(folder, lambda data, _: seal.sign(data, tools.other_key))
    tools.resign(folder, tools.other_key)


def _reseal(folder: Path, sign: Callable[[bytes, bytes], bytes]) -> None:
    """Write every seal and the ledger anew, as consistent as the signatures given allow.

    What a redacted copy withholds, masks or leaves out keeps the hashes it had.
    """
    listing = json.loads((folder / "bundle.json").read_bytes())
    paths = {(a["capture_id"], a["name"]): folder / a["path"] for a in listing["artifacts"]}
    lines = [json.loads(line) for line in (folder / "ledger.jsonl").read_bytes().splitlines()]
    hashes = {line["previous"]: n - 1 for n, line in enumerate(lines)}
    heads: dict[int, str | None] = {-1: None}
    for number, line in enumerate(lines):
        for entry in (e for e in listing["seals"] if e["index"] == number):
            place = folder / f"seals/{entry['capture_id']}/{number}-{entry['stage']}"
            if entry["withheld"]:
                continue
            manifest = json.loads((place / "manifest.json").read_bytes())
            manifest["previous"] = heads[hashes[manifest["previous"]]]
            for artifact in manifest["artifacts"]:
                path = paths.get((entry["capture_id"], artifact["name"]))
                if path is not None:
                    artifact |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            data = canonical.encode(manifest)
            signature = sign(data, (place / "signature.json").read_bytes())
            body = json.loads((place / "entry.json").read_bytes()) | {
                "manifest": hashlib.sha256(data).hexdigest(),
                "signature": hashlib.sha256(signature).hexdigest(),
            }
            written = canonical.encode(body)
            raw = bytes.fromhex(json.loads(signature)["signature"])
            for name, content in (
                ("manifest.json", data), ("signature.json", signature), ("entry.json", written),
                ("manifest.signed", seal.message(data)), ("manifest.sig", raw),
            ):  # fmt: skip
                (place / name).write_bytes(content)
            line["body"] = hashlib.sha256(written).hexdigest()
        line["previous"] = heads[number - 1]
        heads[number] = hashlib.sha256(canonical.encode(line)).hexdigest()
    text = b"".join(canonical.encode(line) + b"\n" for line in lines)
    (folder / "ledger.jsonl").write_bytes(text)
