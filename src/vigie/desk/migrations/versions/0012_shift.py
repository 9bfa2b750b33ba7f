"""shift: its lines, dispatches confirmed by persons, handovers signed; none is written over

Revision: 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("shift_lines", "dispatches", "handovers")


def upgrade() -> None:
    _lines()
    _dispatches()
    _handovers()
    _refuse_changes()


def _lines() -> None:
    op.create_table(
        "shift_lines",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("situation", sa.String(length=90), nullable=False),
        sa.Column("text", sa.String(length=1_000), nullable=False),
        sa.Column("card", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("strikes", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "corrects IS NULL OR corrects < number",
            name=op.f("ck_shift_lines_corrects_earlier"),
        ),
        sa.CheckConstraint(
            "(corrects IS NOT NULL) = (kind = 'correction')",
            name=op.f("ck_shift_lines_corrects_kind"),
        ),
        sa.CheckConstraint(
            "kind <> 'dispatch' OR account_id <> ''",
            name=op.f("ck_shift_lines_dispatch_by_person"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shift_lines")),
        sa.UniqueConstraint("number", "kind", name="uq_shift_lines_number_kind"),
    )
    op.create_index("ix_shift_lines_at_us", "shift_lines", ["at_us"])
    op.create_index("ix_shift_lines_situation", "shift_lines", ["situation"])


def _dispatches() -> None:
    op.create_table(
        "dispatches",
        sa.Column("dispatch_id", sa.String(length=40), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("line_kind", sa.String(length=20), nullable=False),
        sa.Column("means_id", sa.String(length=80), nullable=False),
        sa.Column("unit_ref", sa.String(length=200), nullable=False),
        sa.Column("means_kind", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.CheckConstraint("line_kind = 'dispatch'", name=op.f("ck_dispatches_line_kind")),
        sa.ForeignKeyConstraint(
            ["line", "line_kind"],
            ["shift_lines.number", "shift_lines.kind"],
            name="fk_dispatches_line_shift_lines",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dispatch_id", name=op.f("pk_dispatches")),
        sa.UniqueConstraint("line", name="uq_dispatches_line"),
    )


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("handover_id", "version", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_to_us", "handovers", ["to_us"])


def _refuse_changes() -> None:
    """Let the database itself refuse to write over a row, whoever asks."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION vigie_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'append only: %', TG_TABLE_NAME"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in TABLES:
        name = f"{table}_append_only"
        if postgres:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION vigie_append_only()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
            )


def downgrade() -> None:
    for table in ("handovers", "dispatches", "shift_lines"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION vigie_append_only()")
