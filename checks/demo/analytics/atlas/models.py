"""The tables, for the tests; migrations are what production follows."""

import sqlalchemy as sa

metadata = sa.MetaData()

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.Integer, nullable=False, index=True),
    sa.Column("symbol", sa.String(8), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("cost_cents", sa.BigInteger, nullable=False),
)
