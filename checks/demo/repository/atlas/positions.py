"""Positions, read from the database."""

import os

from sqlalchemy import create_engine, text

QUERY = text(
    "SELECT id, account, symbol, quantity, cost_cents FROM positions"
    " WHERE (CAST(:account AS integer) IS NULL OR account = :account) ORDER BY id LIMIT :limit"
)


def find_positions(account: int | None, limit: int) -> list[dict]:
    """At most limit positions; the values are bound, never written into the query."""
    engine = create_engine(os.environ["DATABASE_URL"], pool_size=64, pool_timeout=2)
    with engine.connect() as connection:
        rows = connection.execute(QUERY, {"account": account, "limit": min(limit, 100)})
        return [dict(row) for row in rows.mappings()]
