"""cases: requisitions, approvals and packages act by act; closed cases as counts

Revision: 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_acts",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("hand", sa.String(length=220), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_acts")),
    )
    with op.batch_alter_table("case_acts") as table:
        table.create_index("ix_case_acts_ended_us", ["ended_us"])
    op.create_table(
        "case_archives",
        sa.Column("archive_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("article", sa.String(length=10), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("archived_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("archive_id", name=op.f("pk_case_archives")),
    )


def downgrade() -> None:
    op.drop_table("case_archives")
    op.drop_table("case_acts")
