"""forecasts: the runs of the forecast

Revision: 0009, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("forecast_id", sa.String(length=40), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("origin_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("grid", sa.String(length=80), nullable=False),
        sa.Column("slot_hours", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.String(length=220), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("forecast_id", name=op.f("pk_forecasts")),
    )
    op.create_index(op.f("ix_forecasts_made_us"), "forecasts", ["made_us"])


def downgrade() -> None:
    op.drop_index(op.f("ix_forecasts_made_us"), table_name="forecasts")
    op.drop_table("forecasts")
