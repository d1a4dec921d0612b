"""The time stamps that lie in a bundle, judged against roots that do not come with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509

from helper.evidence import openssl, pinned, stamp
from helper.evidence.container import Files, chunks
from helper.evidence.records import read
from helper.evidence.token import LARGEST, read_query

_MOST: Final = 1000
"""So many stamps of a bundle are looked at: a hostile one may hold tens of thousands."""
_NAMED: Final = 10
_REPLY: Final = re.compile(r"stamps/([^/]+)/(?:(S[0-2])|partial-(\d+))-[^/]*\.tsr", re.ASCII)
_MANIFEST: Final = re.compile(r"seals/([^/]+)/(\d+)-(S[0-2]|partial)/manifest\.json", re.ASCII)


def check_stamps(files: Files, added: Sequence[x509.Certificate] = ()) -> stamp.StampsCheck:
    """Judge every reply that has its query in the bundle, up to a number, one after the other.

    It counts for one manifest alone, which its folder and name say: a good stamp of another seal
    fails. Roots are those of the package and `added` ones; OpenSSL is asked where it is installed
    and the library does not confirm, as at the seal.

    What cannot be judged from the files alone (OpenTimestamps needs the Bitcoin chain, a redacted
    copy may lack the manifest) is counted and confirms nothing. Raises FailedError.
    """
    names = sorted(name for name in files.sizes if name.startswith("stamps/"))
    replies = [name for name in names if name.endswith(".tsr")]
    bench = _Bench(files, _manifests(files))
    given = bench.given(replies[:_MOST])
    found = stamp.check_stamps(given, pinned.package_roots(), added=added, openssl=openssl.find())
    if found.verdict == "fail":
        return found
    beyond = replies[_MOST:]
    left = sorted([*bench.left, *beyond, *(name for name in names if name.endswith(".ots"))])
    said = [found.detail]
    said += [f"{len(beyond)} more than the {_MOST} that are judged"] if beyond else []
    said += [f"not judged: {', '.join(left[:_NAMED])}"] if left else []
    verdict = "not_confirmed" if beyond else found.verdict
    return stamp.StampsCheck(verdict=verdict, detail="; ".join(said))


@dataclass
class _Bench:
    """Reads one stamp at a time; `left` are the replies of which nothing can be said."""

    files: Files
    manifests: Mapping[bytes, str]
    """The path of each manifest by its SHA-256."""
    left: list[str] = field(default_factory=list)

    def given(self, replies: Sequence[str]) -> Iterator[stamp.Given]:
        """Yield the stamps to judge; without a seal where it is for another than its name says."""
        seals = {_seal(path) for path in self.manifests.values()} - {None}
        sizes = self.files.sizes
        for reply in replies:
            query = f"{reply.removesuffix('r')}q"
            if query not in sizes or max(sizes[reply], sizes[query]) > LARGEST:
                self.left.append(reply)
                continue
            asked, wanted = read(self.files, query), _wanted(reply)
            imprint = _imprint(asked)
            path = self.manifests.get(imprint)
            if path is None and wanted not in seals:
                self.left.append(reply)
                continue
            ours = path is not None and wanted is not None and wanted == _seal(path)
            yield stamp.Given(
                name=reply,
                seal=path if ours else None,
                digest=imprint if ours else None,
                query=asked,
                reply=read(self.files, reply),
            )


def _manifests(files: Files) -> dict[bytes, str]:
    found = {}
    for name in files.sizes:
        if name.startswith("seals/") and name.endswith("/manifest.json"):
            digest = hashlib.sha256()
            for chunk in chunks(files, name):
                digest.update(chunk)
            found[digest.digest()] = name
    return found


def _imprint(query: bytes) -> bytes:
    """Return the hash that a query asks for, nothing where it cannot be read."""
    try:
        return read_query(query).imprint
    except Exception:  # noqa: BLE001, hostile input: that it is unreadable is a verdict
        return b""


def _wanted(reply: str) -> str | None:
    """Return the seal that the place of a reply names: `<capture>/S1`, `<capture>/7-partial`."""
    found = _REPLY.fullmatch(reply)
    return found and f"{found[1]}/{found[2] or f'{found[3]}-partial'}"


def _seal(manifest: str) -> str | None:
    """Return the seal of a manifest as `_wanted` writes it; a stage comes once but `partial`."""
    found = _MANIFEST.fullmatch(manifest)
    return found and f"{found[1]}/{f'{found[2]}-' if found[3] == 'partial' else ''}{found[3]}"
