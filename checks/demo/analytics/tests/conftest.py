"""A database for the tests."""

import pytest
import sqlalchemy as sa

from atlas.models import metadata


@pytest.fixture
def database():
    """An empty database with every table, gone after the test."""
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    yield engine
    metadata.drop_all(engine)
