"""All routes of `/v1`, in one table."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiohttp import web

from helper.capture.intake import Intake, IntakeLimits
from helper.complaints.advice import Advice
from helper.complaints.drafts.packet import Packet
from helper.complaints.ladder.replies import Reply
from helper.filling import FillPlan, Upload
from helper.model import CaptureView, Draft
from helper.web import bodies, signing
from helper.web.advice import AdviceHandlers
from helper.web.captures import CaptureHandlers
from helper.web.cases import CaseHandlers
from helper.web.console import entrance
from helper.web.drafts import DraftHandlers
from helper.web.guard import BODY, port_of
from helper.web.openapi import document
from helper.web.pairing import Pairer
from helper.web.replies import json_reply, parse, parse_value
from helper.web.routes import Route
from helper.web.services import FilledReport, Services

BYTES = "application/octet-stream"


def routes(services: Services) -> tuple[Route, ...]:
    """Return the routes over these services."""
    found = (
        *_first_contact(services), *_captures(services), *_cases(services), *_advice(services),
        *_drafts(services), *_console(services),
    )  # fmt: skip

    @cache  # made when it is asked for: it takes a fifth of a helper's start
    def described() -> dict[str, Any]:
        return document((*found, last), services.version)

    async def openapi(_request: web.Request) -> web.Response:
        """Return the document of all routes."""
        return json_reply(described())

    last = Route("GET", "/v1/openapi.json", "openapi", openapi, "This document", "application/json")
    return (*found, last)


@dataclass(frozen=True)
class FirstContact:
    """The two routes that need no signature."""

    services: Services
    pairer: Pairer

    async def hello(self, request: web.Request) -> web.Response:
        """Say who answers here, and prove knowledge of the pairing's key."""
        services, limits = self.services, self.services.limits
        nonce = parse_value(bodies.HelloNonce, "n", request.query.get("n"))
        pairing = request.query.get("p")
        known = None
        if pairing is not None:
            wanted = parse_value(bodies.PairingId, "p", pairing)
            known = await asyncio.to_thread(services.vault.pairing, wanted)
        proof = None
        if known is not None:
            proof = signing.hello_proof(
                known[0], nonce, services.start, services.version, port_of(request)
            )
        return json_reply(
            bodies.HelloReply(
                version=services.version,
                start=services.start,
                limits=bodies.LimitsReply(
                    chunk_bytes=limits.chunk_bytes,
                    part_bytes=limits.part_bytes,
                    capture_bytes=limits.capture_bytes,
                    json_bytes=limits.json_bytes,
                ),
                pairing="unknown" if known is None else "known",
                proof=proof,
                time=int(services.now().timestamp() * 1000),
            )
        )

    async def pair(self, request: web.Request) -> web.Response:
        """Turn the pasted code into a pairing."""
        body = parse(bodies.PairRequest, request[BODY])
        return json_reply(await self.pairer.pair(body, port_of(request), self.services.now()))


def _first_contact(services: Services) -> tuple[Route, ...]:
    pairer = Pairer(services.vault, services.version, services.start)
    on = FirstContact(services, pairer)
    return (
        Route(
            "GET", "/v1/hello", "hello", on.hello, "Who answers here", bodies.HelloReply,
            query={"n": bodies.HelloNonce, "p": bodies.PairingId}, optional=frozenset({"p"}),
        ),
        Route(
            "POST", "/v1/pair", "pair", on.pair, "Pair by a code", bodies.PairReply,
            body=bodies.PairRequest,
        ),
    )  # fmt: skip


def _captures(services: Services) -> tuple[Route, ...]:
    limits = services.limits
    intake = Intake(
        services.incoming,
        services.vault,
        services.blobs,
        IntakeLimits(limits.part_bytes, limits.capture_bytes, limits.parts),
    )
    on = CaptureHandlers(services, intake)
    one = "/v1/captures/{uuid}"
    return (
        Route(
            "POST", "/v1/captures", "announce", on.announce, "Announce a capture or more parts",
            bodies.CaptureReply, body=bodies.CaptureRequest,
        ),
        Route(
            "GET", "/v1/captures", "captures", on.recent, "The newest captures",
            bodies.CapturesReply, query={"limit": bodies.Limit}, optional=frozenset({"limit"}),
        ),
        Route("GET", one, "capture", on.show, "One capture", CaptureView),
        Route(
            "PUT", one + "/parts/{sha256}", "upload", on.upload, "Write a chunk of a part",
            bodies.ReceivedReply, body=BYTES, query={"offset": bodies.Offset},
        ),
        Route(
            "POST", one + "/session", "lend", on.lend, "Lend the session for the visit",
            bodies.EmptyReply, body=bodies.SessionRequest,
        ),
        Route(
            "POST", one + "/commit", "commit", on.commit, "Confirm what is kept",
            bodies.CommitReply, body=bodies.CommitRequest,
        ),
        Route("GET", one + "/events", "events", on.follow, "Steps as they come",
              "text/event-stream"),
    )  # fmt: skip


def _cases(services: Services) -> tuple[Route, ...]:
    on = CaseHandlers(services)
    one = "/v1/cases/{id}"
    return (
        Route("GET", "/v1/cases", "cases", on.list, "All cases", bodies.CasesReply),
        Route("GET", one, "case", on.show, "One case and what to do", bodies.CaseReply),
        Route(
            "POST", one + "/corrections", "correct", on.correct, "Correct an order field",
            bodies.CaseReply, body=bodies.CorrectionRequest,
        ),
        Route(
            "POST", one + "/entries", "tell", on.tell, "Note a contact, an answer, a refund",
            bodies.ToldReply, body=bodies.EntryRequest,
        ),
        Route(
            "POST", one + "/entries/{entry_id}/undo", "undo", on.undo, "Take back what was told",
            bodies.CaseReply,
        ),
        Route(
            "POST", one + "/filings", "file_by_hand", on.file, "Note a complaint submitted by hand",
            bodies.ToldReply, body=bodies.FilingRequest,
        ),
        Route(
            "GET", one + "/timeline", "timeline", on.timeline, "What happened, by time",
            bodies.TimelineReply,
        ),
        Route(
            "POST", one + "/drafts", "make_draft", on.draft, "Compose a complaint",
            Draft, body=bodies.DraftRequest,
        ),
    )  # fmt: skip


def _advice(services: Services) -> tuple[Route, ...]:
    on = AdviceHandlers(services)
    one = "/v1/cases/{id}"
    issue: dict[str, Any] = {"query": {"issue": bodies.IssueKey}, "optional": frozenset({"issue"})}
    return (
        Route("GET", one + "/advice", "advice", on.show, "What is due, missing, next", Advice,
              **issue),
        Route("GET", "/v1/due", "due", on.due, "What closes soon", bodies.DueReply),
        Route("GET", one + "/replies/{move}", "reply", on.reply, "A reply to the other side",
              Reply, **issue),
    )  # fmt: skip


def _drafts(services: Services) -> tuple[Route, ...]:
    on = DraftHandlers(services)
    one = "/v1/drafts/{id}"
    return (
        Route("GET", one, "draft", on.show, "One draft", Draft),
        Route("GET", one + "/fill", "fill", on.fill, "Values and files for the form", FillPlan),
        Route(
            "POST", one + "/files", "prepare", on.prepare, "The fill with files made for an upload",
            FillPlan, body=Upload,
        ),
        Route("GET", one + "/files/{sha256}", "file", on.file, "A file of the draft", BYTES),
        Route(
            "PUT", one + "/edits", "edit_draft", on.edit, "Put a sentence into own words",
            Draft, body=bodies.EditRequest,
        ),
        Route(
            "GET", one + "/versions", "versions", on.versions, "All versions of the draft",
            bodies.VersionsReply,
        ),
        Route("GET", one + "/packet", "packet", on.packet, "Texts for a phone", Packet),
        Route("GET", one + "/qr/{block}/{part}", "qr", on.qr, "A QR code of a text", "image/png"),
        Route(
            "POST", one + "/filled", "filled", on.filled, "What the form was filled with",
            bodies.EmptyReply, body=FilledReport,
        ),
    )  # fmt: skip


def _console(services: Services) -> tuple[Route, ...]:
    async def open_it(request: web.Request) -> web.Response:
        """Return an address that opens the console once."""
        now, port = services.now(), port_of(request)
        url = await asyncio.to_thread(entrance.address, services.vault, port, now)
        seconds = int(entrance.LIFETIME.total_seconds())
        return json_reply(bodies.EntranceReply(url=url, seconds=seconds))

    return (
        Route("POST", "/v1/console", "console", open_it, "Open the console", bodies.EntranceReply),
    )
