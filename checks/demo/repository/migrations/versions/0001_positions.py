"""The positions table."""

from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "positions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.Integer, nullable=False, index=True),
        sa.Column("symbol", sa.String(8), nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("cost_cents", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("positions")
