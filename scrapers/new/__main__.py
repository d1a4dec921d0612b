"""`python -m scrapers.new KEY PAGE --url URL`: a platform file, a saved page, its expected record.

Exit codes: 0 written, 1 an explained error, 2 wrong usage. Nothing is overwritten without
`--force`, a platform file never.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import keyword
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup

from scrapers import generic
from scrapers.contract import Page, PageKind, Platform
from scrapers.new.anonymise import Anonymised, anonymise
from scrapers.new.drafting import draft
from scrapers.new.review import fields, review
from scrapers.new.source import fingerprint, paths, source
from scrapers.page import Document, PageTooLargeError, documents, parse
from scrapers.read import PLATFORMS, read_with, recognise
from scrapers.record import Extraction

ROOT = Path(__file__).parents[2]
SITES = ROOT / "scrapers" / "sites"
PAGES = ROOT / "tests" / "pages"
_FRAMES = 20


class RefusedError(Exception):
    """Nothing was written; the message says why and what to do next."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line."""

    key: str
    page: Path
    url: str
    name: str | None
    case: str
    captured_at: datetime | None
    force: bool


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    wanted = _wanted(arguments)
    try:
        told = add(wanted)
    except RefusedError as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write("\n".join(told) + "\n")
    return 0


def _wanted(arguments: list[str] | None) -> Wanted:
    parser = argparse.ArgumentParser(
        prog="python -m scrapers.new",
        description="Write a platform file, an anonymised page and the expected JSON for review.",
    )
    parser.add_argument("key", type=_key, metavar="KEY", help="module name, such as some_shop")
    parser.add_argument("page", type=Path, metavar="PAGE", help="saved order page, HTML or MHTML")
    parser.add_argument("--url", default="", help="the page's address (MHTML knows its own)")
    parser.add_argument("--name", type=_name, help="name of the shop system, as users see it")
    parser.add_argument("--case", type=_case, default="order", help="file name in tests/pages/KEY")
    parser.add_argument("--captured-at", type=_moment, help="ISO 8601 with zone")
    parser.add_argument("--force", action="store_true", help="overwrite this case's page and JSON")
    said = parser.parse_args(arguments)
    return Wanted(**vars(said))


def _key(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", text) or keyword.iskeyword(text):
        raise argparse.ArgumentTypeError("2 to 40 of a-z, 0-9 and _, a letter first, no keyword")
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[\w][\w .·()（）-]{0,39}", text):
        raise argparse.ArgumentTypeError("1 to 40 letters, numbers, blanks and .·()-")
    return text


def _case(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", text):
        raise argparse.ArgumentTypeError("1 to 60 of a-z, 0-9 and -")
    return text


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min  # noqa: DTZ901
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("such as 2026-08-18T15:00:00+08:00")
    return at


def add(wanted: Wanted) -> list[str]:
    """Write the files and return what to tell; raises RefusedError, and then wrote nothing."""
    page_file = PAGES / wanted.key / f"{wanted.case}.html"
    sheet = page_file.with_suffix(".json")
    taken = [path for path in (page_file, sheet) if path.exists() and not wanted.force]
    if taken:
        raise RefusedError(
            f"{_short(taken[0])} is already there. Give another --case, or --force to replace it."
        )
    page, known = _order_page(wanted)
    before = _result(page, known)
    module = SITES / f"{wanted.key}.py"
    words = _words(module.read_text("utf-8")) if known else frozenset()
    kept = anonymise(page, key=wanted.key, case=wanted.case, words=words)
    clean = parse(Document(kept.html, kept.url), kept.captured_at)
    text = "" if known else _platform_text(wanted, kept, clean)
    after = _result(clean, known or _loaded(wanted.key, text))
    if not known:
        _write(module, text)
    _write(page_file, kept.html)
    _write(sheet, _sheet(kept, after))
    written = [page_file, sheet] if known else [module, page_file, sheet]
    return [*(f"Wrote {_short(path)}" for path in written),
            *review(before, after, kept, known, clean), *_next()]  # fmt: skip


def _order_page(wanted: Wanted) -> tuple[Page, Platform | None]:
    """Return the saved document that holds an order, and the platform file that is there."""
    known = next((one for one in PLATFORMS if one.key == wanted.key), None)
    try:
        data = wanted.page.read_bytes()
        found = documents(data, url=wanted.url)[:_FRAMES]
    except OSError as error:
        raise RefusedError(f"Cannot read {wanted.page}: {error.strerror}.") from error
    except PageTooLargeError as error:
        raise RefusedError(
            f"The page is too large ({error}). Save the order's page alone, without pictures."
        ) from error
    if not found[0].url:
        raise RefusedError("The page does not tell its address. Give it with --url.")
    pages = [parse(document, wanted.captured_at) for document in found]
    if any(page.is_cut for page in pages):
        raise RefusedError("The page has too many elements. Save one with fewer orders on it.")
    page = next((page for page in pages if _result(page, known).orders), None)
    if page is not None or known:
        return _checked(page or pages[0], known), known
    warnings = ", ".join(generic.read(pages[0]).warnings)
    raise RefusedError(
        "No order was found on the page. Save it while it shows the order (as MHTML where scripts "
        f"draw it). Where it does, write scrapers/sites/{wanted.key}.py by hand after lechuang.py "
        "and run this again: page and JSON are then made with it."
        + (f" Reader: {warnings}." if warnings else "")
    )


def _checked(page: Page, known: Platform | None) -> Page:
    other = recognise(page)
    if other is not None and other is not known:
        raise RefusedError(
            f"scrapers/sites/{other.key}.py already knows this page. "
            f"Add it there: KEY {other.key}, with a --case of its own."
        )
    if known is not None and other is None:
        raise RefusedError(
            f"The fingerprint of scrapers/sites/{known.key}.py does not match this page. "
            "Is it the same software? Then mend the fingerprint first, else take another KEY."
        )
    return page


def _result(page: Page, platform: Platform | None) -> Extraction:
    """Read a page with one platform file, or with the generic reader alone."""
    if platform is not None:
        return read_with(page, platform)
    result = generic.read(page)
    return Extraction(orders=result.orders, page_kind=result.page_kind, warnings=result.warnings)


def _platform_text(wanted: Wanted, kept: Anonymised, page: Page) -> str:
    orders = generic.read(page).orders
    if not orders:
        raise RefusedError(
            "The anonymised page shows no order any more: a word of it is no word that shops use. "
            "Please report the page's layout, or write the saved page by hand."
        )
    made = draft(page, orders, kept.altered)
    if not made.lines:
        raise RefusedError(
            "The orders of this page stand in no blocks of one class. "
            "Save a page with one order, or write the file by hand."
        )
    kind: PageKind = "order_list" if len(orders) > 1 else "order"
    numbers = [order.order_no for order in orders if order.order_no]
    marks = fingerprint(page.soup, made, kept.altered, _other_pages(wanted.key))
    if not marks:
        raise RefusedError(
            "Nothing on the page tells this software from the saved pages of others. "
            "Write the file by hand, with a fingerprint that you know."
        )
    kinds = paths(kept.url, kind, numbers)
    return _formatted(source(wanted.key, wanted.name or wanted.key, made, marks, kinds))


def _words(text: str) -> frozenset[str]:
    """Return the Chinese words that a platform file names: labels, words in its patterns."""
    return frozenset(re.findall(r"[\u3400-\u9fff]{2,}", text))


def _other_pages(key: str) -> list[BeautifulSoup]:
    files = [path for path in sorted(PAGES.glob("*/*")) if path.suffix != ".json"]
    return [
        parse(document, None).soup
        for path in files
        if path.parent.name != key
        for document in documents(path.read_bytes(), url="")
    ]


def _formatted(text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--quiet", "-"],
        input=text.encode(), cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RefusedError(f"ruff cannot format the file: {done.stderr.decode()} Run make install.")
    return done.stdout.decode()


def _loaded(key: str, text: str) -> Platform:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{key}.py"
        _write(path, text)
        spec = importlib.util.spec_from_file_location(key, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    platform: Platform = module.PLATFORM
    return platform


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _sheet(kept: Anonymised, after: Extraction) -> str:
    """Return the expected record of tests/pages, as tests/scrapers/conftest.py reads it."""
    warnings = [*after.warnings, *(code for order in after.orders for code in order.warnings)]
    sheet = {
        "url": kept.url,
        "captured_at": kept.captured_at.isoformat() if kept.captured_at else None,
        "page_kind": after.page_kind,
        "orders": [fields(order) for order in after.orders],
        "warnings": warnings,
    }
    return json.dumps(sheet, ensure_ascii=False, indent=2) + "\n"


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _next() -> list[str]:
    commands = ("python -m scrapers.rules", "python -m pytest tests/scrapers", "make check")
    return ["Then:", *(f"  {command}" for command in commands)]


if __name__ == "__main__":
    sys.exit(main())
