"""Settings: who signs the letters, paired browsers, time stamps; what is long is in `upkeep`."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import StringConstraints, ValidationError

from helper.backup import PASSPHRASE
from helper.errors import InvalidError, KazhengError
from helper.messages import explain
from helper.vault.identity import Identity
from helper.web.console.pages import Page, Visit
from helper.web.pairing import LIFETIME, offer

_Pairing = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,64}$")]


async def show(visit: Visit) -> web.Response:
    """Show all sections; what takes long is fetched by the page, or when it is asked for."""
    keeper, vault = visit.services.keeper, visit.services.vault
    return visit.page(
        "settings.html",
        identity=await keeper.identity(),
        browsers=await asyncio.to_thread(vault.pairings),
        authorities=await keeper.authorities(),
        **backup_of(visit),
        data=keeper.store.settings.data,
    )


async def sign(visit: Visit) -> web.Response:
    """Keep who signs the letters; an empty field is not told."""
    told = {name: visit.form.get(name, "") for name in Identity.model_fields}
    try:
        identity = Identity.model_validate(told)
    except ValidationError as error:
        raise InvalidError(reason="identity", what=str(error.errors()[0]["loc"][0])) from None
    await visit.services.keeper.put_identity(identity)
    kept = "kept" if identity != Identity() else "forgotten"
    return visit.redirect("/settings", f"console.settings.identity.{kept}")


async def forget(visit: Visit) -> web.Response:
    """Forget who signs the letters."""
    await visit.services.keeper.put_identity(Identity())
    return visit.redirect("/settings", "console.settings.identity.forgotten")


async def pair(visit: Visit) -> web.Response:
    """Show a new pairing code; it stands on the page only, in no address."""
    vault, now = visit.services.vault, visit.services.now()
    known = await asyncio.to_thread(vault.pairings)
    code = await asyncio.to_thread(offer, vault, now)
    return visit.page(
        "pairing.html", code=code, seconds=_left(now + LIFETIME, now), count=len(known)
    )


async def wait(visit: Visit) -> web.Response:
    """Tell how the offer stands: how long it lasts, that it was used, that it is over."""
    vault, now = visit.services.vault, visit.services.now()
    open_one = await asyncio.to_thread(vault.pairing_offer, now)
    browsers = await asyncio.to_thread(vault.pairings)
    count = visit.query("count")
    came = browsers[int(count) :] if count.isascii() and count.isdigit() else []
    seconds = _left(open_one.expires_at, now) if open_one else 0
    return visit.page("pairing_state.html", came=came, seconds=seconds, count=count)


async def revoke(visit: Visit) -> web.Response:
    """End the pairing of a browser."""
    pairing = visit.id(_Pairing, "id", "pairing")
    await asyncio.to_thread(visit.services.vault.revoke_pairing, pairing)
    return visit.redirect("/settings", "console.settings.browsers.revoked")


PAGES: Final = (
    Page("GET", "/settings", show),
    Page("POST", "/settings/identity", sign),
    Page("POST", "/settings/identity/forget", forget),
    Page("POST", "/settings/pairing", pair),
    Page("GET", "/settings/pairing", wait),
    Page("POST", "/settings/browsers/{id}/revoke", revoke),
)


def backup_of(visit: Visit, wrong: KazhengError | None = None) -> dict[str, Any]:
    """Return what is shown of the backup: how far it is, why there is none."""
    making = visit.services.keeper.making
    error = wrong or (making.failed if making else None)
    said = explain(error, visit.language) if error else None
    return {"making": making, "problem": said, "fewest": PASSPHRASE}


def _left(until: datetime, now: datetime) -> int:
    return max(0, round((until - now).total_seconds()))
