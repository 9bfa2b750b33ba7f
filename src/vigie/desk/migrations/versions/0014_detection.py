"""detection: grants, detections, verdicts; the eight types closed in the database

Revision: 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

EIGHT = (
    "type IN ('abandoned_object', 'weapon', 'wrong_way', 'forbidden_zone', 'fall',"
    " 'crowd_movement', 'density', 'fire')"
)
"""Décret 2023-828, article 3, as it stood when this was written; there is no ninth."""

FIXED = {
    "detection_grants": (
        "grant_id, legal_basis, prefect_order, attestation, occasion, place, ring, cameras,"
        " signed_by, signed_us, from_us, to_us, who, role, at_us"
    ),
    "detection_grant_types": "grant_id, type",
    "detections": (
        "detection_id, grant_id, type, camera, zone, detector, version, parameters, from_us,"
        " raised_us"
    ),
    "detection_verdicts": (
        "detection_id, number, type, detector, version, verdict, delay_us, who, role, at_us"
    ),
}
"""What is not written over, of each table."""


def upgrade() -> None:
    _grants()
    _detections()
    _verdicts()
    _refuse_changes()


def _grants() -> None:
    op.create_table(
        "detection_grants",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("prefect_order", sa.String(length=200), nullable=False),
        sa.Column("attestation", sa.String(length=200), nullable=False),
        sa.Column("occasion", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("ring", sa.JSON(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("signed_us", sa.BigInteger(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=220), nullable=False),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("from_us < to_us", name=op.f("ck_detection_grants_from_before_to")),
        sa.CheckConstraint(
            "legal_basis <> '' AND prefect_order <> ''",
            name=op.f("ck_detection_grants_referenced"),
        ),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_detection_grants")),
    )
    op.create_index("ix_detection_grants_to_us", "detection_grants", ["to_us"])
    op.create_table(
        "detection_grant_types",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.CheckConstraint(EIGHT, name=op.f("ck_detection_grant_types_one_of_eight")),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["detection_grants.grant_id"],
            name="fk_detection_grant_types_grant_id_detection_grants",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("grant_id", "type", name=op.f("pk_detection_grant_types")),
    )


def _detections() -> None:
    op.create_table(
        "detections",
        sa.Column("detection_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("camera", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=80), nullable=False),
        sa.Column("detector", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("raised_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("lasts", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.CheckConstraint(EIGHT, name=op.f("ck_detections_one_of_eight")),
        sa.CheckConstraint("grant_id <> ''", name=op.f("ck_detections_under_a_grant")),
        sa.PrimaryKeyConstraint("detection_id", name=op.f("pk_detections")),
    )
    op.create_index("ix_detections_raised_us", "detections", ["raised_us"])


def _verdicts() -> None:
    op.create_table(
        "detection_verdicts",
        sa.Column("detection_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("detector", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("delay_us", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=220), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(EIGHT, name=op.f("ck_detection_verdicts_one_of_eight")),
        sa.CheckConstraint(
            "verdict IN ('true', 'false', 'unknown')",
            name=op.f("ck_detection_verdicts_one_of_three"),
        ),
        sa.PrimaryKeyConstraint("detection_id", "number", name=op.f("pk_detection_verdicts")),
    )
    op.create_index("ix_detection_verdicts_at_us", "detection_verdicts", ["at_us"])


def _refuse_changes() -> None:
    """Let the database itself refuse to write over what was signed, detected or said."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, columns in FIXED.items():
        name = f"{table}_fixed"
        if postgres:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION vigie_append_only()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'append only: {table}'); END"
            )


def downgrade() -> None:
    for table in reversed(FIXED):
        op.drop_table(table)
