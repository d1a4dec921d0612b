"""Where a shop's complaints are kept and move on from state to state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from helper.demo.stock import CHINA


@dataclass(frozen=True)
class Claim:
    """What the buyer wrote, and how many files came with it."""

    issue: str
    description: str
    demand: str
    files: int


@dataclass(frozen=True)
class Ticket:
    """One complaint; `log` holds what happened, oldest first."""

    number: str
    order_no: str
    claim: Claim
    state: str
    changed_at: datetime
    log: tuple[tuple[datetime, str, str], ...]


@dataclass
class Desk:
    """The complaints of one shop. `steps` is the way a complaint takes by itself."""

    prefix: str
    steps: tuple[str, ...]
    clock: Callable[[], datetime]
    seconds_per_step: float = 60.0
    tickets: dict[str, Ticket] = field(default_factory=dict)

    def file(self, order_no: str, claim: Claim, *, first: str, note: str) -> Ticket:
        """Take a complaint in and give it its number at once."""
        now = self.clock()
        count = len(self.tickets) + 1
        number = f"{self.prefix}{now.astimezone(CHINA):%Y%m%d%H%M}{count * 37 % 10000:04d}"
        ticket = Ticket(
            number=number,
            order_no=order_no,
            claim=claim,
            state=first,
            changed_at=now,
            log=((now, first, note),),
        )
        self.tickets[number] = ticket
        return ticket

    def find(self, number: str) -> Ticket | None:
        """Return a complaint as it stands now, moved on by the time that has passed."""
        ticket = self.tickets.get(number)
        while ticket is not None and ticket.state in self.steps[:-1]:
            if (self.clock() - ticket.changed_at).total_seconds() < self.seconds_per_step:
                break
            following = self.steps[self.steps.index(ticket.state) + 1]
            ticket = self.move(number, following, "系统自动流转")
        return ticket

    def move(self, number: str, state: str, note: str) -> Ticket:
        """Set the state of a complaint; KeyError when there is none of that number."""
        now = self.clock()
        ticket = self.tickets[number]
        moved = replace(ticket, state=state, changed_at=now, log=(*ticket.log, (now, state, note)))
        self.tickets[number] = moved
        return moved
