"""What workers report about a workspace's stations, kept and carried into the register.

A complaint on which two devices agree is told to the register as evidence: a broken facility as
broken, anything else as a statement of weight 0 about the value that it speaks against (the hours
of a station that is locked in them), which leaves the value and takes its confidence. "All fine"
confirms status and hours where it knows more than what is known. A ticket that is closed says the
values anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.database import clock
from data.database.accounts import Accounts
from data.database.activities import Activities
from data.database.proposals import Proposals
from data.database.sign_ups import SignUps
from data.database.tickets import (
    DOUBT_TOLD,
    LIVE,
    MENDING_TOLD,
    TAKEN,
    UNTOLD,
    Receipt,
    Ticket,
    Tickets,
)
from data.proposals import Proposal
from data.worker_reports import (
    FINE,
    LEAST_RISE,
    WINDOW_DAYS,
    WorkerReport,
    agreement,
    device_hash,
    read_when,
    token,
)
from data.workspace_key import workspace_key
from geo.errors import InputError, NothingYetError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.workspace import Workspace

#: What a report speaks against in the register.
_AGAINST: Final = {
    "locked": "hours",
    "new_hours": "hours",
    "no_entry": "access",
    "moved": "address",
    "broken": "status",
}
_SOURCE: Final = "workers"
#: What a number of an activity is less than, in every database.
_MOST_ACTIVITIES: Final = 2**31


@dataclass(frozen=True)
class Offer:
    """A value that reports give for the register: by field, from how many devices, newest seen."""

    said: Mapping[str, Any]
    devices: int
    seen_at: datetime


@dataclass(frozen=True)
class ReportBook:
    """The reports, tickets, proposals, activities and accounts of one workspace."""

    workspace: Workspace

    @property
    def tickets(self) -> Tickets:
        """The reports and the tickets that they make."""
        return Tickets(self.workspace.database.backend)

    @property
    def proposals(self) -> Proposals:
        """The proposals of places."""
        return Proposals(self.workspace.database.backend)

    @property
    def activities(self) -> Activities:
        """What happens at stations."""
        return Activities(self.workspace.database.backend)

    @property
    def sign_ups(self) -> SignUps:
        """Who comes to what happens there."""
        return SignUps(self.workspace.database.backend)

    @property
    def accounts(self) -> Accounts:
        """Who looks after all that."""
        return Accounts(self.workspace.database.backend)

    def take_report(
        self,
        *,
        station: str,
        what: str,
        when: object,
        device: object,
        nonce: str,
        facility: str = "",
        text: str = "",
        hours: object = None,
        lon: object = None,
        lat: object = None,
        sender: str = "",
    ) -> Receipt:
        """Take a report as a phone sent it, and tell the register what follows.

        ``hours`` are the new ones, ``lon`` and ``lat`` where the station stands now; ``sender`` is
        a keyed hash of the address, which is one voice however many devices it has.

        Raises
        ------
        InputError
            when a part cannot be, or the station is not in the register.
        """
        report = WorkerReport(
            station=station,
            what=what,
            seen_at=read_when(when, now=clock.now()),
            device=self._hash(device, f"station {station}"),
            nonce=nonce,
            facility=facility,
            text=text,
            said={"hours": hours, "lon": lon, "lat": lat},
        )
        if "lon" in report.said:
            self._refuse_outside(report.said["lon"], report.said["lat"])
        receipt = self.tickets.add(report, sender=sender)
        self._tell_open_tickets()  # also when it comes again because the first answer was lost
        if what == FINE and not receipt.again:
            self._tell_fine(station)
        return receipt

    def take_proposal(
        self,
        *,
        name: str,
        device: object,
        nonce: str,
        lon: float | None = None,
        lat: float | None = None,
        text: str = "",
    ) -> Receipt:
        """Take a proposal as a phone sent it, with a place or without one.

        Raises
        ------
        InputError
            when a part cannot be, or the place lies outside of the city's box.
        """
        proposal = Proposal(
            name=name,
            lon=lon,
            lat=lat,
            device=self._hash(device, "proposals"),
            nonce=nonce,
            text=text,
        )
        if proposal.lon is not None and proposal.lat is not None:
            self._refuse_outside(proposal.lon, proposal.lat)
        return self.proposals.add(proposal)

    def offers(self, number: str) -> tuple[Offer, ...]:
        """Return the values that the reports of a ticket give, those of most devices first.

        A ticket about a named facility offers that it is broken.
        """
        ticket = self.tickets.ticket(number)
        if ticket is None:
            return ()
        if ticket.facility:
            said = {f"facility.{ticket.facility}": "broken"}
            return (Offer(said, ticket.devices, ticket.last_seen or ticket.opened_at),)
        found: list[Offer] = []
        for report in self.tickets.reports(number):
            if not report.said or report.state != TAKEN:
                continue
            at = next((i for i, one in enumerate(found) if one.said == report.said), None)
            if at is None:
                found.append(Offer(report.said, int(report.counts), report.seen_at))
            else:
                one = found[at]
                newest = max(one.seen_at, report.seen_at)
                found[at] = Offer(one.said, one.devices + int(report.counts), newest)
        return tuple(sorted(found, key=lambda one: (one.devices, one.seen_at), reverse=True))

    def settle(self, number: str, *, offer: int, by: str) -> None:
        """Take over what a ticket's reports say, by its number among `offers`, and close it.

        The value stands in the register with the workers as its source, as of the day that they
        saw it; where something later is known of it, as of now, for who settles knows both.

        Raises
        ------
        InputError
            when there is no such offer, the ticket is closed, or its station is gone.
        """
        ticket, offers = self.tickets.ticket(number), self.offers(number)
        if ticket is None or ticket.state not in LIVE or not 0 <= offer < len(offers):
            raise InputError(say("ticket {number} offers no such value", number=number))
        taken, register = offers[offer], self.workspace.register()
        known = register.evidence(ticket.station)
        late = any(name in known and known[name].observed_at > taken.seen_at for name in taken.said)
        register.observe(
            ticket.station,
            taken.said,
            source=_SOURCE,
            by=f"{by}, {number}",
            observed_at=None if late else taken.seen_at,
            weight=agreement(max(1, taken.devices)),
        )
        said = ", ".join(f"{name}={value}" for name, value in taken.said.items())
        self.tickets.close(number, by=by, action="settle", detail=said)
        self.tickets.mark_told(number, MENDING_TOLD, before=ticket.told)

    def take_sign_up(self, *, activity: object, device: object, nonce: object) -> Receipt:
        """Take a sign-up as a phone sent it (InputError, also when no place is left)."""
        if not isinstance(activity, int) or isinstance(activity, bool):
            raise InputError(say("activity must be the number of an activity"))
        if not 0 < activity < _MOST_ACTIVITIES:
            raise InputError(say("there is no activity {number}", number=str(activity)[:20]))
        hashed = self._hash(device, f"activity {activity}")
        return self.sign_ups.add(activity, device=hashed, nonce=token(nonce, what="nonce"))

    def close(self, number: str, *, by: str) -> None:
        """Mark what a ticket is about as mended, and say the values anew in the register."""
        self.tickets.close(number, by=by)
        ticket = self.tickets.ticket(number)
        if ticket is not None and ticket.told == DOUBT_TOLD:
            self._tell_mended(ticket, by=by)
            self.tickets.mark_told(number, MENDING_TOLD, before=DOUBT_TOLD)

    def reject(self, report_id: int, *, by: str) -> str:
        """Reject a report as spam; the register takes back what rested on it."""
        number = self.tickets.reject(report_id, by=by)
        ticket = self.tickets.ticket(number)
        amber = ticket is not None and ticket.state in LIVE and ticket.amber_at is not None
        if ticket is not None and not amber and ticket.told == DOUBT_TOLD:
            self._tell_mended(ticket, by=by)
            self.tickets.mark_told(number, UNTOLD, before=DOUBT_TOLD)
        return number

    def _refuse_outside(self, lon: float, lat: float) -> None:
        left, bottom, right, top = self.workspace.settings.box
        if not (left <= lon <= right and bottom <= lat <= top):
            raise InputError(say("the place lies outside of the city"))

    def _hash(self, device: object, about: str) -> str:
        return device_hash(device, about, key=workspace_key(self.workspace.folder, "devices"))

    def _tell_open_tickets(self) -> None:
        """Tell the register of every open ticket that it was not told of yet."""
        for ticket in self.tickets.untold():
            if not self.tickets.mark_told(ticket.number, DOUBT_TOLD, before=UNTOLD):
                continue  # another process tells it
            try:
                weight = agreement(ticket.devices) if ticket.facility else 0.0
                self._observe(ticket.station, _doubt(ticket, self.workspace), ticket, weight=weight)
            except WorkspaceError:
                self.tickets.mark_told(ticket.number, UNTOLD, before=DOUBT_TOLD)
                raise

    def _tell_mended(self, ticket: Ticket, *, by: str) -> None:
        said = _doubt(ticket, self.workspace)
        said.pop("checked_at", None)
        if ticket.facility:
            said = dict.fromkeys(said, "yes")
        self._write(ticket.station, said, source="operator", by=by, at=None, weight=1.0)

    def _tell_fine(self, station: str) -> None:
        """Confirm status and hours where the devices that found all fine know more."""
        since = clock.now() - timedelta(days=WINDOW_DAYS)
        devices, seen_at = self.tickets.fine(since=since).get(station, (0, clock.now()))
        weight = agreement(devices)
        try:
            known = self.workspace.register().evidence(station)
        except (InputError, NothingYetError):
            return
        said: dict[str, Any] = {
            name: known[name].value
            for name in ("status", "hours")
            if name in known and known[name].value and known[name].confidence + LEAST_RISE <= weight
        }
        if said.get("status", "open") == "open" and said:
            by = f"{devices} reports"
            self._write(station, said, source=_SOURCE, by=by, at=seen_at, weight=weight)

    def _observe(
        self, station: str, said: dict[str, Any], ticket: Ticket, *, weight: float
    ) -> None:
        by = f"{ticket.devices} reports"
        self._write(station, said, source=_SOURCE, by=by, at=ticket.last_seen, weight=weight)

    def _write(
        self,
        station: str,
        said: dict[str, Any],
        *,
        source: str,
        by: str,
        at: datetime | None,
        weight: float,
    ) -> None:
        """Write an observation, if there is one; a station that left the register is passed by."""
        if not said:
            return
        try:
            self.workspace.register().observe(
                station, said, source=source, by=by, observed_at=at, weight=weight
            )
        except InputError:
            return


def doubted_stations(workspace: Workspace) -> frozenset[str]:
    """Return the ids of stations that workers' reports speak against, so that they serve nobody.

    Two or more devices said within 14 days that the station is locked in its hours, lets nobody in,
    has moved or is broken, and its operator has not closed the ticket.
    """
    return ReportBook(workspace).tickets.doubted()


def _doubt(ticket: Ticket, workspace: Workspace) -> dict[str, Any]:
    """Return what a ticket says to the register; nothing of a station that has left it.

    A value that is spoken against stands as it is, and so does the day of the last check: who stood
    before a locked door has checked nothing.
    """
    if ticket.facility:
        return {f"facility.{ticket.facility}": "broken"}
    stations = workspace.register().stations()
    if ticket.station not in stations.ids:
        return {}
    row = stations.frame.iloc[stations.ids.index(ticket.station)]
    return {name: row[name] for name in (_AGAINST[ticket.what], "checked_at")}
