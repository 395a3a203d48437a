import data.osm


def test_the_public_face_of_osm_is_this_and_nothing_else() -> None:
    assert set(data.osm.__all__) == {"RoadSource", "read_places", "read_roads"}
    assert all(hasattr(data.osm, name) for name in data.osm.__all__)
