"""Positions are bound, bounded and ordered."""

from atlas.positions import QUERY


def test_values_are_bound():
    assert set(QUERY.compile().params) == {"account", "limit"}


def test_order_is_stable():
    assert "ORDER BY id" in str(QUERY)
