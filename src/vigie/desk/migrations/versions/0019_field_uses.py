"""field_uses: when a field of the lake was last told to anybody, and what was dropped

Revision: 0019, after 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "field_uses",
        sa.Column("dataset", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("looked_day", sa.String(length=10), nullable=False),
        sa.Column("since_day", sa.String(length=10), nullable=True),
        sa.Column("used_day", sa.String(length=10), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("dropped_us", sa.BigInteger(), nullable=True),
        sa.Column("need", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "field", name=op.f("pk_field_uses")),
    )


def downgrade() -> None:
    op.drop_table("field_uses")
