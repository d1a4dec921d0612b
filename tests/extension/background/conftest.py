from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.extension.background.world import World, build


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A browser whose extension is paired with the helper."""
    async with build(tmp_path) as made:
        await made.pair()
        yield made


@pytest.fixture
async def trusted_world(tmp_path: Path) -> AsyncIterator[World]:
    """The same, where the browser has granted cookies and the shop's site."""
    async with build(tmp_path, granted=True) as made:
        await made.pair()
        yield made
