"""The tables are as the migrations leave them."""

import sqlalchemy as sa

<% if .Mended "metadata" -%>
from atlas.models import positions
<%- else -%>
from atlas.models import metadata

positions = sa.Table("positions", metadata, sa.Column("id", sa.Integer, primary_key=True))
<%- end %>


def test_tables_are_made(database):
    assert "positions" in sa.inspect(database).get_table_names()


def test_positions_have_a_key():
    assert [c.name for c in positions.primary_key] == ["id"]
