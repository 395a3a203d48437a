"""Photos of stations in the database: whose, of which station and visit, and who sees them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from data.database import clock
from data.database.audit import has_step, note
from data.database.schema import PHOTOS, STATIONS, WITH_DESK_TABLES
from data.plain_text import plain_text
from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from data.database.backend import Backend
    from data.photos.picture import Picture

LONGEST_CAPTION: Final = 120
#: Of one station, those that were taken away aside.
MOST_PHOTOS: Final = 24
_P: Final = PHOTOS.c


@dataclass(frozen=True)
class Photo:
    """A photo of a station; ``width`` and ``height`` are pixels, ``size`` bytes.

    ``visit`` is the inspection visit it was taken on, None for none; ``removed_at`` says since when
    it is taken away, None where it is there; ``public`` whether workers see it.
    """

    id: str
    station: str
    visit: int | None
    content_hash: str
    width: int
    height: int
    size: int
    made_at: datetime
    made_by: str
    caption: str
    public: bool
    removed_at: datetime | None


class Photos:
    """The photos of one workspace, the same on SQLite and PostgreSQL; their files lie elsewhere."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def add(
        self,
        picture: Picture,
        station: str,
        *,
        by: str,
        caption: str = "",
        public: bool = False,
        visit: int | None = None,
        taken_at: datetime | None = None,
    ) -> Photo:
        """Keep a photo of a station; one that is there already is there once.

        One that was taken away comes back, for it was meant to be seen again.

        Raises
        ------
        InputError
            when the station has as many photos as it may, or (without a visit) is not there.
        """
        caption = checked_caption(caption)
        with self._backend.transaction(write=True) as connection:
            known = self._first(
                connection,
                (_P.station_id == station) & (_P.content_hash == picture.content_hash),
            )
            if known is not None and (known.removed_at is None or visit is not None):
                return known
            self._refuse(connection, station, on_visit=visit is not None)
            number = known.id if known is not None else secrets.token_hex(8)
            now = clock.moment_text(clock.now())
            values = {
                "visit_id": visit,
                "taken_at": "" if taken_at is None else clock.moment_text(taken_at),
                "made_at": now,
                "made_by": by,
                "caption": caption,
                "public": int(public),
                "removed_at": "",
                "changed_at": now,
            }
            if known is None:
                values |= {"id": number, "station_id": station}
                values |= {"content_hash": picture.content_hash, "width": picture.width}
                values |= {"height": picture.height, "bytes": len(picture.content)}
                connection.execute(sa.insert(PHOTOS).values(values))
            else:
                connection.execute(sa.update(PHOTOS).where(_P.id == number).values(values))
            note(connection, who=by, action="add photo", subject=number, detail=station)
        return self._there(number)

    def change(self, number: str, *, by: str, caption: str, public: bool) -> None:
        """Say in other words what a photo shows, and whether workers see it."""
        said = {"caption": checked_caption(caption), "public": int(public)}
        said["changed_at"] = clock.moment_text(clock.now())
        with self._backend.transaction(write=True) as connection:
            changed = connection.execute(sa.update(PHOTOS).where(_P.id == number).values(said))
            if changed.rowcount:
                detail = f"{'public' if public else 'not public'}: {said['caption']}"
                note(connection, who=by, action="change photo", subject=number, detail=detail)

    def take_away(self, number: str, *, by: str) -> None:
        """Take a photo away; its file stays, and it can be put back."""
        self._set_removed(number, by=by, removed=True)

    def put_back(self, number: str, *, by: str) -> None:
        """Put a photo back that was taken away (InputError when there are too many)."""
        self._set_removed(number, by=by, removed=False)

    def photo(self, number: str) -> Photo | None:
        """Return a photo, one that was taken away too; None where there is none."""
        found = self._read(_P.id == number)
        return found[0] if found else None

    def of_station(self, station: str, *, removed: bool = False) -> tuple[Photo, ...]:
        """Return the photos of a station, the newest first; with ``removed`` all."""
        there = _P.station_id == station
        return self._read(there if removed else there & (_P.removed_at == ""))

    def of_visits(self, visits: Sequence[int]) -> tuple[Photo, ...]:
        """Return the photos that were taken on some visits, the newest first."""
        return self._read(_P.visit_id.in_(visits) & (_P.removed_at == ""))

    def is_public(self, content_hash: str) -> bool:
        """Tell whether workers see a photo, by the hash of its content."""
        shown = (_P.content_hash == content_hash) & (_P.public == 1) & (_P.removed_at == "")
        return bool(self._read(shown))

    def public(self) -> tuple[Photo, ...]:
        """Return all photos that workers see, the newest first."""
        return self._read((_P.public == 1) & (_P.removed_at == ""))

    def version(self) -> str:
        """Return what changes whenever a photo comes, changes or goes; "" while there is none."""
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_DESK_TABLES):
                return ""
            newest = connection.execute(sa.select(sa.func.max(_P.changed_at))).scalar()
        return str(newest or "")

    def files(self) -> dict[str, int]:
        """Return hash and bytes of every file that a photo names, those taken away too."""
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_DESK_TABLES):
                return {}
            named = connection.execute(sa.select(_P.content_hash, _P.bytes).distinct())
            return {row.content_hash: row.bytes for row in named}

    def _there(self, number: str) -> Photo:
        found = self.photo(number)
        if found is None:
            raise InputError(say("the photo was not kept: send it again"))
        return found

    def _set_removed(self, number: str, *, by: str, removed: bool) -> None:
        with self._backend.transaction(write=True) as connection:
            known = self._first(connection, _P.id == number)
            if known is None or (known.removed_at is not None) == removed:
                return
            if not removed:
                self._refuse(connection, known.station, on_visit=False)
            now = clock.moment_text(clock.now())
            said = {"removed_at": now if removed else "", "changed_at": now}
            connection.execute(sa.update(PHOTOS).where(_P.id == number).values(said))
            action = "take away photo" if removed else "put back photo"
            note(connection, who=by, action=action, subject=number, detail=known.station)

    def _refuse(self, connection: sa.Connection, station: str, *, on_visit: bool) -> None:
        is_there = sa.select(STATIONS.c.id).where(STATIONS.c.id == station)
        if not on_visit and connection.execute(is_there).first() is None:
            raise InputError(say("no station has the id {station}: look it up", station=station))
        mine = (_P.station_id == station) & (_P.removed_at == "")
        count = sa.select(sa.func.count()).select_from(PHOTOS).where(mine)
        if int(connection.execute(count).scalar_one()) >= MOST_PHOTOS:
            raise InputError(
                say("a station has at most {most} photos: take one away first", most=MOST_PHOTOS)
            )

    def _first(self, connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Photo | None:
        row = connection.execute(sa.select(PHOTOS).where(condition)).first()
        return None if row is None else _photo(row)

    def _read(self, condition: sa.ColumnElement[bool]) -> tuple[Photo, ...]:
        with self._backend.transaction() as connection:
            if not has_step(self._backend, connection, WITH_DESK_TABLES):
                return ()
            query = sa.select(PHOTOS).where(condition).order_by(_P.made_at.desc(), _P.id)
            return tuple(_photo(row) for row in connection.execute(query))


def checked_caption(text: str) -> str:
    """Return what a photo shows as plain text in one line (InputError when it is too long)."""
    return plain_text(text, what="caption", longest=LONGEST_CAPTION, lines=False)


def _photo(row: sa.Row[Any]) -> Photo:
    return Photo(
        id=row.id,
        station=row.station_id,
        visit=row.visit_id,
        content_hash=row.content_hash,
        width=row.width,
        height=row.height,
        size=row.bytes,
        made_at=clock.read_moment(row.made_at),
        made_by=row.made_by,
        caption=row.caption,
        public=bool(row.public),
        removed_at=clock.read_moment(row.removed_at) if row.removed_at else None,
    )
