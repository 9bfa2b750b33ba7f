"""alert_rules, alert_acts, alert_rosters: instances of rules, what was done about alerts, duty

Revision: 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("family", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("rule_id", "number", name=op.f("pk_alert_rules")),
    )
    op.create_table(
        "alert_acts",
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alert_id", "number", name=op.f("pk_alert_acts")),
    )
    op.create_table(
        "alert_rosters",
        sa.Column("roster_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("after_min", sa.Integer(), nullable=False),
        sa.Column("watches", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("roster_id", name=op.f("pk_alert_rosters")),
    )
    with op.batch_alter_table("alerts") as table:
        table.add_column(
            sa.Column("instance", sa.String(length=40), nullable=False, server_default="")
        )
        table.add_column(
            sa.Column("family", sa.String(length=160), nullable=False, server_default="")
        )
        table.add_column(
            sa.Column("verdict", sa.String(length=20), nullable=False, server_default="")
        )
        table.create_index("ix_alerts_instance_at", ["instance", "at_us"])


def downgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.drop_index("ix_alerts_instance_at")
        table.drop_column("verdict")
        table.drop_column("family")
        table.drop_column("instance")
    op.drop_table("alert_rosters")
    op.drop_table("alert_acts")
    op.drop_table("alert_rules")
