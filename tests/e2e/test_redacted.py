"""A redacted copy of a real capture: no code and no contact in any layer, the pictures covered."""

import io
import json
import zipfile

import pytest
from PIL import Image, ImageChops

from tests.e2e.test_secrets import layers
from tests.e2e.world import World

CODES = {
    "wangzi:dead_code": ("FGSP-7Q2M-K9XW-4TRB",),
    "weijie:dead_code": ("GN26P-4HT8Q-WX3RC-77KDM-Z9B2V",),
}


@pytest.mark.parametrize("key", CODES)
async def test_a_redacted_copy_shows_no_code_and_keeps_the_picture(world: World, key: str) -> None:
    if key.startswith("wangzi"):
        await world.log_in()
    view = await world.sealed(await world.one_click(world.demo.orders[key].url))
    case, out = view.case_id or "", str(world.folder / "r.zip")
    code, exported = await world.command("export", case, "--out", out, "--redacted")
    assert (code, exported["redacted"]) == (0, True)
    code, verified = await world.command("verify", out)
    assert (code, verified["verdict"], verified["redacted"]) == (0, "pass", True), verified
    for layer in layers((world.folder / "r.zip").read_bytes()):
        for value in (*CODES[key], "xiaoyu@example.com"):
            assert value.encode() not in layer
    await world.command("export", case, "--out", str(world.folder / "plain.zip"))
    pictures = []
    for name in ("r.zip", "plain.zip"):
        with zipfile.ZipFile(world.folder / name) as archive:
            left = json.loads(archive.read("bundle.json"))["redaction"]
            member = [n for n in archive.namelist() if n.endswith("/seen-viewport.png")]
            assert member, left
            pictures.append(Image.open(io.BytesIO(archive.read(member[0]))).convert("RGB"))
    assert ImageChops.difference(*pictures).getbbox() is not None
