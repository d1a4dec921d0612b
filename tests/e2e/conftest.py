from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.world import Ground, World, ground
from tests.e2e.world import world as build


@pytest.fixture
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A world of the test's own: it may break it."""
    async with build(tmp_path, display=wants_display(request)) as made:
        yield made


@pytest.fixture(scope="module")
async def town(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """One world for a module whose tests leave it whole."""
    folder = tmp_path_factory.mktemp("town")
    async with build(folder, display=wants_display(request)) as made:
        yield made


@pytest.fixture
async def common(town: World) -> AsyncIterator[World]:
    """The module's world as each test finds it: the helper runs, no tab of another is open."""
    yield town
    if town.process is None:  # the test failed in the middle
        await town.start_helper()
    await town.close_tabs()


@pytest.fixture
async def shops(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    """Shops and a vault for commands: no person, no helper that runs."""
    async with ground(tmp_path, display=wants_display(request)) as made:
        yield made


def wants_display(request: pytest.FixtureRequest) -> bool:
    """Tell whether a module looks for the pictures of the real window."""
    return bool(getattr(request.module, "DISPLAY", False))
