from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.extension.background.world import World, paired


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One paired world for a module whose tests leave it whole."""
    async with paired(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture
async def world(town: World) -> AsyncIterator[World]:
    """The module's world as each test finds it: no page, no call, no tab of another one."""
    yield town
    await town.clear()


@pytest.fixture
async def fresh_world(town: World) -> AsyncIterator[World]:
    """The module's world as it is right after pairing: a test may leave anything behind."""
    yield town
    await town.forget()


@pytest.fixture
async def bare_world(tmp_path: Path) -> AsyncIterator[World]:
    """A browser of the test's own, as it is after installing: no optional permission."""
    async with paired(tmp_path, permissions=()) as made:
        yield made


@pytest.fixture(scope="module")
async def granted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A browser that has granted everything, also the shop's site: no program can be asked."""
    async with paired(tmp_path_factory.mktemp("granted"), granted=True) as made:
        yield made


@pytest.fixture
async def trusted_world(granted: World) -> AsyncIterator[World]:
    """The same, as it is right after pairing."""
    yield granted
    await granted.forget()
