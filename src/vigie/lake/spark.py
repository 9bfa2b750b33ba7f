"""The engine for year-scale work: the same statements on a Spark cluster.

PySpark is the optional part ``[spark]`` and needs Java 17; it is imported when an engine is made.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from threading import RLock
from typing import Any

import pyarrow as pa

from vigie.base.errors import Conflict, MissingPart, Unavailable, VigieError
from vigie.base.hands import Made, Piece
from vigie.base.stopping import look
from vigie.lake.sources import Derived, Source, are_gone
from vigie.lake.statements import Statement

_CONFIGURATION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_ON_THIS_MACHINE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_TASKS_PER_CORE = 2


def import_pyspark(module: str) -> Any:
    """Return a module of PySpark.

    Raises:
        MissingPart: When PySpark is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of pandas 3, of which nothing is used here
            return importlib.import_module(module)
    except ImportError as error:
        raise MissingPart(what="PySpark", remedy="pip install 'vigie[spark]' (Java 17)") from error


class SparkEngine:
    """Runs statements on a cluster; one session for the object, one name space per query.

    Args:
        master: ``spark://host:port``, or ``local[n]`` for this machine alone.
        options: Further Spark settings.
    """

    name = "spark"

    def __init__(self, master: str, options: Mapping[str, str] | None = None) -> None:
        sql = import_pyspark("pyspark.sql")
        if not master:
            raise Unavailable(what="Spark (lake.spark_master)")
        builder = sql.SparkSession.builder.master(master).appName("vigie")
        self._near = master.startswith(("local", "spark://127.0.0.1:"))
        near = _ON_THIS_MACHINE if self._near else {}
        for key, value in {**_CONFIGURATION, **near, **(options or {})}.items():
            builder = builder.config(key, value)
        self._guard = RLock()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._session = builder.getOrCreate()
        except Exception as error:  # whatever the JVM's launcher says, it is not there
            raise Unavailable(f"{type(error).__name__}: {error}", what="Spark") from error
        context = self._session.sparkContext
        if self._near:
            context.pythonExec = sys.executable
        self._partitions = _TASKS_PER_CORE * context.defaultParallelism

    def close(self) -> None:
        """Stop the client; the cluster goes on."""
        self._session.stop()

    def run(
        self,
        statement: Statement,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        inputs: Mapping[str, pa.Table],
        values: Mapping[str, Any],
    ) -> pa.Table:
        """Return the answer of a statement over some sources.

        Args:
            statement: The query.
            sources: Files of each lake table it reads.
            derived: Views made of other views, in order.
            inputs: Tables that the caller gives.
            values: Every parameter, encoded.

        Raises:
            Conflict: When a file of the snapshot is gone.
        """
        from vigie.lake.dialect import to_spark  # noqa: PLC0415 - late: sqlglot is slow to load

        with self._guard, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not self._near and any(source.at.shared for source in sources.values()):
                raise Unavailable(what="Spark on other machines over lake.bucket")
            session = self._session.newSession()
            session.conf.set("spark.sql.shuffle.partitions", str(self._partitions))
            try:
                for name, source in sources.items():
                    self._frame(session, source).createOrReplaceTempView(name)
                for name, table in inputs.items():
                    session.createDataFrame(table).createOrReplaceTempView(name)
                for view in derived:
                    session.sql(to_spark(view.sql)).createOrReplaceTempView(view.name)
                sql, sent = statement.write(values)
                return session.sql(to_spark(sql), args=sent).toArrow()
            except Exception as error:
                if are_gone(sources.values()):
                    raise Conflict("the files of this snapshot are gone") from error
                raise

    @property
    def near(self) -> bool:
        """Whether all of it is on this machine: nothing that it is given leaves it."""
        return self._near

    @property
    def width(self) -> int:
        """How many pieces of work are done at once."""
        return int(self._partitions)

    def each(self, work: Callable[[Piece], Made], pieces: Iterable[Piece]) -> Iterator[Made]:
        """Yield what the work makes of each piece, in order; each is a task of its own.

        On other machines the workers need Vigie's version of this one, in their Python.

        Raises:
            VigieError: What the work itself raised.
            Unavailable: When the cluster fails.
        """
        context, left = self._session.sparkContext, iter(pieces)
        tried = partial(_try, work)
        while some := list(islice(left, self._partitions)):
            look()
            try:
                answers = context.parallelize(some, len(some)).map(tried).collect()
            except Exception as error:  # a worker lost for good; its traceback may quote the data
                raise Unavailable(type(error).__name__, what="Spark") from error
            for made, failed in answers:
                if failed is not None:
                    raise failed
                yield made

    def _frame(self, session: Any, source: Source) -> Any:
        types = import_pyspark("pyspark.sql.pandas.types")
        schema = types.from_arrow_schema(source.schema)
        if not source.files:
            return session.createDataFrame([], schema)
        reader = session.read.schema(schema).option("basePath", str(source.folder))
        return reader.parquet(*source.paths())


def _try(
    work: Callable[[Piece], Made], piece: Piece
) -> tuple[Made, None] | tuple[None, VigieError]:
    """Do a piece of work on a worker; what Vigie itself refuses travels back as an answer."""
    try:
        return work(piece), None
    except VigieError as error:
        return None, error
