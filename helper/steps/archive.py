"""The WACZ of a capture, sealed with it, and its reading back afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from helper import __version__
from helper.capture import replay
from helper.capture.browser import WarmBrowser
from helper.capture.replay import ReadBack
from helper.capture.run import DEFAULT_VIEWPORT
from helper.errors import BrowserFailedError, BrowserMissingError, KazhengError
from helper.evidence import wacz
from helper.model import Artifact, CaptureId, CaptureView, Missing, Viewport
from helper.steps.store import Store
from helper.steps.visit import WITNESS
from helper.vault.files import room_on_disk
from helper.vault.keys import load_or_create_key

NAME = "archive.wacz"
LOG = "archive-read-back.json"
KEY = "wacz-p384"
_LEFT_OUT = frozenset(
    {"witness/warc", "wacz", "seen/strip", "seen/recording", "attachment", "manifest", "signature"}
)
"""The WARC has its own place; strips are whole in `seen/page`; what was brought stays outside."""
_DESCRIPTION = (
    "Second visit by Kazheng to the address of a kept page, made from the same computer. "
    "`archive/` holds the bytes as served (content encoding undone), `evidence/` the other files "
    "of the capture. Values of Cookie, Set-Cookie and Authorization headers and other session "
    "values are replaced by salted hashes (`sha256-salted-`). The signature is anonymous: it "
    "proves that nothing was changed since, not who made it."
)


@dataclass(frozen=True)
class Archivist:
    """Writes the archive of a capture and reads it back in the warm browser."""

    store: Store
    browser: WarmBrowser

    def write(self, capture_id: CaptureId) -> None:
        """Keep the WACZ of all the capture holds; if it cannot be made, `missing` says why."""
        view = self.store.vault.capture(capture_id)
        if _named(view, NAME) is not None:
            return
        warc = next((item for item in view.artifacts if item.role == "witness/warc"), None)
        if warc is None:
            if not any(entry.role == WITNESS for entry in view.missing):
                self._lack(capture_id, "no_warc")
            return  # without a visit, `missing` has the reason for all of it already
        try:
            artifact = self._write(view, warc)
        except KazhengError:
            raise  # of the vault: a full disk is tried again later
        except Exception as error:  # noqa: BLE001  # the reason is kept; a seal must not wait for it
            self._lack(capture_id, "archive_failed", type(error).__name__)
            return
        self.store.vault.add_artifacts(capture_id, [artifact])

    def _write(self, view: CaptureView, warc: Artifact) -> Artifact:
        facts = self._facts(view)
        about = wacz.About(
            capture_id=view.capture_id,
            url=facts.get("final_url") or view.meta.url,
            title=facts.get("title") or view.meta.title,
            description=_DESCRIPTION,
            software=f"kazheng/{__version__}",
            created=self.store.now(),
        )
        secret = load_or_create_key(self.store.settings.data, KEY, wacz.KEY_SIZE)
        with self.store.work_folder() as folder:
            path = folder / NAME
            with room_on_disk(path):
                wacz.write(
                    path,
                    warc=self._member(warc),
                    evidence=self._evidence(view),
                    about=about,
                    key=wacz.private_key(secret),
                )
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = path.stat().st_size
            self.store.blobs.keep_file(path, sha256)
        return Artifact(
            role="wacz", name=NAME, sha256=sha256, bytes=size, media_type=wacz.MEDIA_TYPE
        )

    def _evidence(self, view: CaptureView) -> Iterator[wacz.Member]:
        for item in view.artifacts:
            if item.role not in _LEFT_OUT:
                yield self._member(item)

    def _member(self, item: Artifact) -> wacz.Member:
        return wacz.Member(item.name, self.store.blobs.path(item.sha256), item.sha256)

    def _facts(self, view: CaptureView) -> dict[str, Any]:
        found = _named(view, "witness-visit.json")
        return dict(json.loads(self.store.blobs.read(found.sha256))) if found else {}

    def _lack(self, capture_id: CaptureId, reason: str, detail: str | None = None) -> None:
        lack = Missing(role="wacz", reason=reason, detail=detail)
        self.store.vault.add_missing(capture_id, [lack])

    async def read_back(self, capture_id: CaptureId) -> None:
        """Load the archive while no visit needs the browser, and keep how it compares.

        Nothing waits for this; whatever stands in its way is the `reason` in the log.
        """
        view = self.store.vault.capture(capture_id)
        archive = _named(view, NAME)
        if archive is None or _named(view, LOG) is not None:
            return
        found = await self._read_back(view)
        record = {
            "archive": archive.name,
            "archive_sha256": archive.sha256,
            "read_at": self.store.now().isoformat(),
            "with": f"Chromium {self.browser.version}".strip(),
            "network": "none: every request was answered from the archive or failed",
            **found.as_record(),
        }
        text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode()
        kept = self.store.keep("log", text, "application/json", name=LOG)
        self.store.vault.add_artifacts(capture_id, [kept])
        self.store.note(capture_id, "read_back", found.reason)

    async def _read_back(self, view: CaptureView) -> ReadBack:
        live = self._live(view)
        if live is None:
            return ReadBack(reason="no_page")
        warc = next(item for item in view.artifacts if item.role == "witness/warc")
        path: Path = self.store.blobs.path(warc.sha256)
        try:
            return await self.browser.when_idle(lambda: replay.read_back(self.browser, path, live))
        except BrowserMissingError:
            return ReadBack(reason="browser_missing")
        except BrowserFailedError:
            return ReadBack(reason="browser_failed")
        except Exception as error:  # noqa: BLE001  # the reason is kept; the archive is sealed already
            return ReadBack(reason="internal", detail=type(error).__name__)

    def _live(self, view: CaptureView) -> replay.Live | None:
        """Return what the visit saw, None if no page came."""
        html = self.store.read_role(view.artifacts, "witness/html")
        facts = self._facts(view)
        if html is None or not facts:
            return None
        pictures = [item for item in view.artifacts if item.role == "witness/page"]
        meta, seen = view.meta, facts.get("viewport")
        return replay.Live(
            url=facts["final_url"],
            asked=meta.url,
            at=datetime.fromisoformat(facts["started_at"]),
            html=html,
            pictures=tuple(self.store.blobs.read(item.sha256) for item in pictures),
            viewport=Viewport.model_validate(seen) if seen else DEFAULT_VIEWPORT,
            user_agent=meta.user_agent,
            timezone=meta.timezone,
            language=meta.language,
        )


def _named(view: CaptureView, name: str) -> Artifact | None:
    return next((item for item in view.artifacts if item.name == name), None)
