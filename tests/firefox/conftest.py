"""One world for each browser: the same shops, helper and steps, another browser in front."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.world import World, ground, inhabited
from tests.e2e.world import world as chromium_world
from tests.firefox import old_kernel
from tests.firefox.driver import find_firefox, launch

OLD = old_kernel.wanted()


@pytest.fixture(scope="module", params=["chromium", "firefox", *(["old"] if OLD else [])])
async def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Give a paired world in which nothing is granted but what a click grants."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "chromium":
        async with chromium_world(folder, granted=False) as made:
            yield made
        return
    if request.param == "old":
        assert OLD is not None
        async with (
            ground(folder) as base,
            old_kernel.launched(OLD, folder, base.demo.spki) as old,
            inhabited(base, old) as made,
        ):
            await made.pair()
            yield made
        return
    executable = find_firefox()
    if executable is None:
        pytest.skip("Firefox is not installed: type sudo apt-get install firefox-esr")
    async with (
        ground(folder) as base,
        launch(executable, folder / "profile") as person,
        inhabited(base, person) as made,
    ):
        await made.pair()
        yield made
