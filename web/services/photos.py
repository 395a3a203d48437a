"""Photos of stations: taken in, shown, moved to another store."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from data.photos.picture import read_picture

if TYPE_CHECKING:
    from datetime import datetime

    from data.database.photos import Photo
    from data.workspace import Workspace

#: A photo of 50 megapixels takes hundreds of MB while it is drawn: one at a time in a process.
_ONE: Final = threading.Lock()


def take_photo(
    workspace: Workspace,
    content: bytes,
    *,
    station: str,
    by: str,
    caption: str = "",
    public: bool = False,
    visit: int | None = None,
    taken_at: datetime | None = None,
) -> Photo:
    """Draw a photo anew, keep its file, and then say in the database that it is there.

    A process that ends in between leaves a file that nothing names, and no photo without a file.

    Raises
    ------
    InputError
        when it is no photo that is taken, or the station has too many.
    WorkspaceError
        when the store or the database cannot be written.
    """
    with _ONE:
        picture = read_picture(content)
    workspace.photo_store().keep(picture)
    return workspace.photos().add(
        picture,
        station,
        by=by,
        caption=caption,
        public=public,
        visit=visit,
        taken_at=taken_at,
    )
