"""The house keeps its walls: import direction, module sizes, no stray files, no registry URLs."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = [
    {"cli"},
    {"dealing_commands", "vault_commands"},
    {
        "case_commands", "check_command", "draft_commands", "import_command", "library_commands",
        "serve_commands",
    },
    {"demo"},
    {"options", "visiting"},
    {"app", "printing"},
    {"web"},
    {"keeper"},
    {"pipeline", "desk", "doctor", "packing", "restoring", "result", "stored"},
    {"backup", "exporting"},
    {"steps"},
    {"complaints", "evidence", "capture"},
    {"vault"},
    {"filling"},
    {"model", "given", "pictures"},
    {"dealings"},
    {"settings"},
    {"messages"},
    {"errors"},
]  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
FLOORS = [
    {"new", "rules"},
    {"read"},
    {"sites"},
    {"generic", "bills", "texts", "second", "trade", "operators"},  # none of them knows another
    {"reading"},
    {"pairs"},
    {"columns"},
    {"labelled", "cards", "promise", "page"},
    {"masking"},
    {"contract", "labels", "status", "money", "moments"},
    {"dom"},
    {"text"},
    {"record", "words", "select"},
]
DESK = [
    {"digest"},
    {"advice"},
    {"course", "drafts"},
    {"ladder", "proof", "sums", "before"},
    {"dispute"},
    {"due", "lint"},
]
"""The rooms of `complaints`, the upper ones first; what all need stands in its hall."""
DESK_FLOOR = {room: floor for floor, rooms in enumerate(DESK) for room in rooms}
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
TOP = {
    "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE",
    "helper", "extension", "scrapers", "tests",
}  # fmt: skip
MODULES = sorted([*ROOT.glob("helper/**/*.py"), *ROOT.glob("scrapers/**/*.py")])
SOURCES = sorted([*MODULES, *ROOT.glob("extension/**/*.js"), *ROOT.glob("tests/**/*.py")])


def imports(path: Path) -> set[str]:
    """Return the dotted names a module imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(dotted: str) -> str | None:
    """Return the room of `helper.<room>…`, or None for anything else."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "helper" and len(parts) > 1 else None


def wrong_ways(dotted: str, names: set[str]) -> list[str]:
    """Return what a module of `scrapers` imports from its own floor or from above."""
    own = dotted.split(".")[1]
    rooms = {name: name.split(".")[1] for name in names if name.startswith("scrapers.")}
    return [
        name
        for name, other in rooms.items()
        if own not in {"__init__", other} and FLOOR[own] >= FLOOR[other]
    ]


def tracked() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    return [name for name in listing.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if dotted.startswith("scrapers"):
        assert not [name for name in imports(path) if name.startswith("helper")]
        assert wrong_ways(dotted, imports(path)) == []
        return
    own = room(dotted)
    if own is None or own == "__init__":
        return
    for name in imports(path):
        other = room(name)
        if other is not None and other in RANK and other != own:
            assert RANK[own] < RANK[other], f"{dotted} must not import {name}"


def test_rooms_of_the_desk_know_only_lower_ones() -> None:
    hall = len(DESK)
    for path in ROOT.glob("helper/complaints/**/*.py"):
        own, *inner = path.relative_to(ROOT / "helper/complaints").with_suffix("").parts
        floor = DESK_FLOOR.get(own, hall)
        for name in imports(path):
            parts = name.split(".")[2:] if name.startswith("helper.complaints.") else []
            other = DESK_FLOOR.get(parts[0], hall) if parts else hall + 1
            same = bool(parts) and parts[0] == own
            assert same or floor < other or (floor == other == hall), f"{path.name}: {name} {inner}"


def test_the_verifier_stands_alone() -> None:
    """`evidence/verify.py` needs no database, browser or network, not even through others."""
    script = (
        "import sys, helper.evidence.verify\n"
        "bad = {'sqlalchemy', 'dbos', 'playwright', 'aiohttp', 'obstore'} & set(sys.modules)\n"
        "sys.exit(repr(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_the_top_level_stays_small() -> None:
    names = {name.split("/")[0] for name in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP


def test_every_room_is_known() -> None:
    rooms = {path.stem for path in (ROOT / "helper").glob("*.py")} - {"__init__"}
    rooms |= {path.parent.name for path in (ROOT / "helper").glob("*/__init__.py")}
    assert rooms <= set(RANK)


def test_no_package_registry_is_named() -> None:
    words = ["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"]
    pattern = re.compile("|".join(words))
    for name in tracked():
        path = ROOT / name
        if path.suffix not in {".png", ".ttf"}:
            assert not pattern.search(path.read_text("utf-8", errors="replace")), name


def test_every_relative_link_of_the_documents_is_tracked() -> None:
    listing = set(tracked())
    for document in (name for name in listing if name.endswith(".md")):
        for target in re.findall(r"\]\(([^)\s]+)\)", (ROOT / document).read_text("utf-8")):
            if not re.match(r"[a-z]+:|#", target):
                path = (ROOT / document).parent / target.split("#")[0]
                name = path.resolve().relative_to(ROOT).as_posix()
                assert name in listing or any(other.startswith(f"{name}/") for other in listing), (
                    document,
                    target,
                )


def test_the_readme_names_every_command() -> None:
    from helper import case_commands, draft_commands  # noqa: PLC0415
    from helper.cli import app  # noqa: PLC0415

    text = (ROOT / "README.md").read_text("utf-8")
    names = {
        command.name or (command.callback.__name__ if command.callback else "")
        for group in (app, case_commands.app, draft_commands.app)
        for command in group.registered_commands
    }
    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


SKIPPING = """
import pytest

@pytest.mark.skip(reason={reason!r})
def test_left_out() -> None: ...

def test_made() -> None: ...
"""


@pytest.mark.parametrize(
    ("reason", "no_skip", "code"),
    [
        ("no browser", "1", 1),
        ("no browser", "", 0),
        ("needs Windows", "1", 0),
        ("this machine has no IPv6 loopback", "1", 0),
    ],
)
def test_a_skipped_test_fails_where_nothing_may_be_skipped(
    reason: str, no_skip: str, code: int, tmp_path: Path
) -> None:
    conftest = (ROOT / "tests/conftest.py").read_text("utf-8")
    (tmp_path / "conftest.py").write_text(conftest, "utf-8")
    (tmp_path / "test_it.py").write_text(SKIPPING.format(reason=reason), "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path, env={**os.environ, "KAZHENG_NO_SKIP": no_skip, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout
    assert ("test_left_out: " in done.stdout) is bool(code)
