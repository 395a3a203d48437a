"""Photos in the database: each once, changed, taken away and put back, and who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.database.audit import read_audit
from data.database.photos import MOST_PHOTOS, Photos
from data.photos import Picture
from data.stations import Stations
from geo.errors import InputError
from tests.data.register.records import FULL, STATION

if TYPE_CHECKING:
    from data.database import Database


@pytest.fixture
def photos(database: Database) -> Photos:
    database.register().replace(Stations.from_records([STATION, FULL]))
    return Photos(database.backend)


def _picture(number: int = 0) -> Picture:
    return Picture(b"\xff\xd8" + bytes([number]), b"\xff\xd8", 1600, 1200)


def test_a_photo_is_kept_once_and_shown_with_its_words(photos: Photos) -> None:
    assert photos.version() == ""
    first = photos.add(_picture(), "a", by="li", caption=" 大门\n朝东 ", public=True)
    assert (first.caption, first.public, first.visit, first.size) == ("大门 朝东", True, None, 3)
    assert photos.add(_picture(), "a", by="wang") == first
    assert photos.add(_picture(), "b", by="wang").id != first.id
    assert photos.of_station("a") == (first,)
    assert photos.files() == {_picture().content_hash: 3}


def test_a_photo_is_taken_away_and_put_back_with_a_line_in_the_log(
    photos: Photos, database: Database
) -> None:
    one = photos.add(_picture(), "a", by="li", public=True)
    versions = {photos.version()}
    photos.take_away(one.id, by="wang")
    photos.take_away(one.id, by="wang")
    versions.add(photos.version())
    assert (photos.of_station("a"), photos.public()) == ((), ())
    (gone,) = photos.of_station("a", removed=True)
    assert gone.removed_at is not None
    photos.put_back(one.id, by="wang")
    versions.add(photos.version())
    assert photos.of_station("a") == (one,)
    photos.change(one.id, by="li", caption="<b>门</b>", public=False)
    versions.add(photos.version())
    assert photos.public() == ()
    assert len(versions) == 4
    told = [(line.who, line.action, line.detail) for line in read_audit(database.backend)]
    assert told[:4] == [
        ("li", "change photo", "not public: <b>门</b>"),
        ("wang", "put back photo", "a"),
        ("wang", "take away photo", "a"),
        ("li", "add photo", "a"),
    ]


def test_one_that_was_taken_away_comes_back_when_it_is_sent_again_but_not_by_a_phones_queue(
    photos: Photos,
) -> None:
    one = photos.add(_picture(), "a", by="li")
    photos.take_away(one.id, by="li")
    queued = photos.add(_picture(), "a", by="li", visit=7)
    assert queued.removed_at is not None
    again = photos.add(_picture(), "a", by="li", caption="新")
    assert (again.id, again.removed_at, again.caption) == (one.id, None, "新")


def test_too_many_photos_and_a_station_that_is_not_there_are_refused(photos: Photos) -> None:
    for number in range(MOST_PHOTOS):
        photos.add(_picture(number), "a", by="li")
    with pytest.raises(InputError, match="at most 24 photos"):
        photos.add(_picture(99), "a", by="li")
    with pytest.raises(InputError, match="no station has the id zz"):
        photos.add(_picture(), "zz", by="li")
    with pytest.raises(InputError, match="at most 120 characters"):
        photos.add(_picture(), "b", by="li", caption="长" * 121)
