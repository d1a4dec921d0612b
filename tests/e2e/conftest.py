from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.world import World
from tests.e2e.world import world as build


@pytest.fixture
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with build(tmp_path, display=getattr(request.module, "DISPLAY", False)) as made:
        yield made
