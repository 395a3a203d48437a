"""Hosts of stations out of maps: banks, post offices, petrol stations … as candidate sites.

`kinds` holds which tags and words make which kind of host, `extract` and `poi_file` read them out
of OpenStreetMap and out of lists of places, `host` says what is known of one and makes sites of
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.lazy_face import lazy_face

if TYPE_CHECKING:
    from data.hosts.extract import read_hosts
    from data.hosts.host import Hosts
    from data.hosts.kinds import HOST_KINDS, USUAL_HOSTS, hosts_meant
    from data.hosts.poi_file import is_poi_file, read_poi_hosts

__all__ = [
    "HOST_KINDS",
    "USUAL_HOSTS",
    "Hosts",
    "hosts_meant",
    "is_poi_file",
    "read_hosts",
    "read_poi_hosts",
]

__getattr__, __dir__ = lazy_face(__name__)
