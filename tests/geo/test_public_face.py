from __future__ import annotations

import geo


def test_the_public_face_holds_what_it_names() -> None:
    assert len(set(geo.__all__)) == len(geo.__all__)
    assert set(geo.__all__) >= {"build_network", "isochrone", "nearest", "snap", "travel_times"}
    assert all(hasattr(geo, name) for name in geo.__all__)
