"""duty_turns: a role held, or left empty, from one instant to another

Revision: 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_turns",
        sa.Column("turn_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("post", sa.String(length=120), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=220), nullable=False),
        sa.CheckConstraint("from_us < to_us", name=op.f("ck_duty_turns_lasts")),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_duty_turns")),
    )
    with op.batch_alter_table("duty_turns") as table:
        table.create_index(op.f("ix_duty_turns_to_us"), ["to_us"])


def downgrade() -> None:
    op.drop_table("duty_turns")
