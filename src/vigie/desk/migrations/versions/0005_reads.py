"""reads: how many different facts an account has read in the hour

Revision: 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reads",
        sa.Column("account", sa.String(length=120), nullable=False),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "start_us", name=op.f("pk_reads")),
    )


def downgrade() -> None:
    op.drop_table("reads")
