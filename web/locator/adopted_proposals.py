"""The public list of what was taken up of the workers' proposals, by quarter."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.exceptions import NotFound

from data.china_time import today_here
from geo.errors import InputError
from geo.messages import say
from web.labels.worker_reports import award_words, level_words
from web.services.proposals import published_of, quarter_of
from web.site.city import city_here

adopted = Blueprint("adopted", __name__)


@adopted.get("/adopted")
def newest() -> str:
    """Show the list of this quarter."""
    year, quarter = quarter_of(today_here())
    return of_quarter(year, quarter)


@adopted.get("/adopted/<int:year>/<int:quarter>")
def of_quarter(year: int, quarter: int) -> str:
    """Show what was taken up and published in a quarter."""
    try:
        lines = published_of(city_here().workspace(), year=year, quarter=quarter)
    except InputError:
        raise NotFound(say("there is no such quarter")) from None
    return render_template(
        "adopted.html",
        page="adopted",
        lines=lines,
        year=year,
        quarter=quarter,
        earlier=(year, quarter - 1) if quarter > 1 else (year - 1, 4),
        level_words=level_words,
        award_words=award_words,
    )
