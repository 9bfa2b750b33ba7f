"""forecast_overrides: what a person expects instead of a forecast, with the reason

Revision: 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_overrides",
        sa.Column("override_id", sa.String(length=40), nullable=False),
        sa.Column("forecast_id", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=80), nullable=False),
        sa.Column("slot_hours", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("cell", sa.String(length=80), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_forecast_overrides")),
    )
    with op.batch_alter_table("forecast_overrides") as table:
        table.create_index(op.f("ix_forecast_overrides_at_us"), ["at_us"])
        table.create_index(op.f("ix_forecast_overrides_forecast_id"), ["forecast_id"])


def downgrade() -> None:
    op.drop_table("forecast_overrides")
