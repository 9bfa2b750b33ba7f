"""questions: what people saved, version by version, and the reports made of it

Revision: 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(length=220), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("question_id", "number", name=op.f("pk_questions")),
    )
    op.create_table(
        "question_reports",
        sa.Column("report_id", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_question_reports")),
        sa.UniqueConstraint("question_id", "due_us", name=op.f("uq_question_reports_question_id")),
    )
    op.create_index(op.f("ix_question_reports_question_id"), "question_reports", ["question_id"])
    op.create_index(op.f("ix_question_reports_at_us"), "question_reports", ["at_us"])


def downgrade() -> None:
    op.drop_table("question_reports")
    op.drop_table("questions")
