"""The time stamps that lie in a bundle, judged against roots that do not come with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from cryptography import x509

from helper.evidence import openssl, pinned, stamp
from helper.evidence.container import Files
from helper.evidence.records import read

_LARGEST = 1 << 20


def check_stamps(files: Files, added: Sequence[x509.Certificate] = ()) -> stamp.StampsCheck:
    """Judge every reply that has its query and its manifest in the bundle.

    Roots are those of the package and `added` ones; OpenSSL is asked where it is installed and the
    library does not confirm, as at the seal.

    What cannot be judged from the files alone (OpenTimestamps needs the Bitcoin chain, a redacted
    copy may lack the manifest) is counted and confirms nothing. Raises FailedError.
    """
    names = sorted(name for name in files.sizes if name.startswith("stamps/"))
    given = list(_given(files, names))
    found = stamp.check_stamps(given, pinned.package_roots(), added=added, openssl=openssl.find())
    judged = {one.name for one in given}
    left = [name for name in names if name.endswith((".tsr", ".ots")) and name not in judged]
    if not left or found.verdict == "fail":
        return found
    detail = f"{found.detail}; not judged: {', '.join(left[:10])}"
    return found.model_copy(update={"detail": detail})


def _given(files: Files, names: list[str]) -> Iterator[stamp.Given]:
    manifests = {
        hashlib.sha256(data).digest(): data
        for data in (read(files, name) for name in files.sizes if _is_manifest(name))
    }
    for reply in (name for name in names if name.endswith(".tsr")):
        query = f"{reply.removesuffix('r')}q"
        if query not in files.sizes or max(files.sizes[reply], files.sizes[query]) > _LARGEST:
            continue
        asked = read(files, query)
        manifest = next((text for digest, text in manifests.items() if digest in asked), None)
        if manifest is not None:
            yield stamp.Given(name=reply, manifest=manifest, query=asked, reply=read(files, reply))


def _is_manifest(name: str) -> bool:
    return name.startswith("seals/") and name.endswith("/manifest.json")
