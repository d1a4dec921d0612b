"""A helper's web layer in a process of its own, to be killed: `python -m tests.web.serving DATA`.

Prints one line, port and a pairing code, once it serves.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from helper.web import pairing
from helper.web.server import create_app, serve
from tests.web.conftest import make_services


async def main(data: Path) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    services, _ = make_services(data, now)
    running = await serve(create_app(services), 0)
    sys.stdout.write(f"{running.port} {pairing.offer(services.vault, now())}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
