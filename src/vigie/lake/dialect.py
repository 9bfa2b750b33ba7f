"""The same query text for Spark: DuckDB's dialect rendered by sqlglot, with what it gets wrong.

One thing has to be put right (engine reference, section 1): a continuous quantile must become
Spark's exact ``percentile``; sqlglot's own rendering is refused by Spark (``quantile_cont``) or
silently inexact (``percentile_approx``).
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from sqlglot import exp, parse_one
from sqlglot.dialects.spark import Spark
from sqlglot.generator import Generator
from sqlglot.generators.spark import SparkGenerator


def _percentile(generator: Generator, node: exp.PercentileCont) -> str:
    return generator.func("PERCENTILE", node.this, node.args.get("expression"))


def _within_group(generator: Generator, node: exp.WithinGroup) -> str:
    inner = node.this
    ordered = node.expression.find(exp.Ordered)
    if isinstance(inner, exp.PercentileCont) and ordered is not None:
        return generator.func("PERCENTILE", ordered.this, inner.this)
    return generator.withingroup_sql(node)


class ExactSpark(Spark):
    """Spark's dialect with exact quantiles."""

    class Generator(SparkGenerator):
        """Renders continuous quantiles as ``percentile``."""

        TRANSFORMS: ClassVar = {
            **SparkGenerator.TRANSFORMS,
            exp.PercentileCont: _percentile,
            exp.WithinGroup: _within_group,
        }


@cache
def to_spark(sql: str) -> str:
    """Return a DuckDB query as Spark SQL; ``$name`` becomes ``:name``."""
    return parse_one(sql, dialect="duckdb").sql(dialect=ExactSpark)
