"""What a session sees of the catalog, and the statements that it translated on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from rsnb.warehouse.relations import Relations
from rsnb.warehouse.spectrum import data_catalog
from rsnb.warehouse.translate import Translation, Translator
from rsnb.warehouse.translation import dynamic
from rsnb.warehouse.translation.blanks import Column, Knowledge

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection


class Snapshot:
    """A session's relations, a translator over them, and its translations; all made anew when the catalog changed."""

    relations: Relations
    translator: Translator

    def __init__(self, session: Connection) -> None:
        self._session = session
        self._version = -1  # of the catalog
        self._translations: dict[str, Translation] = {}
        self._queries: dict[str, Translation] = {}  # that rely on what is known of tables' rows

    def refresh(self, datasets: Mapping[str, pa.Table]) -> None:
        """Forget what was known of the catalog when somebody changed it; FROM takes these datasets from now on."""
        if self._version != self._session.shared.version:
            self._version = self._session.shared.version
            self.close()
            self.relations = Relations(self._session.catalog, self._session.search_path, datasets)
            self.translator = self._translator()
        self.relations.datasets = datasets

    def _translator(self) -> Translator:
        session, values = self._session, self._session.values
        return Translator(
            self.relations,
            session.catalog.late_view,
            partial(data_catalog.table, session),
            values["datestyle"],
            dynamic.Mode(
                values["enable_case_sensitive_super_attribute"] == "on",
                values["navigate_super_null_on_error"] == "on",
                values["cast_super_null_on_error"] == "on",
                values["json_parse_dedup_attributes"] == "on",
            ),
            values["spectrum_enable_pseudo_columns"] == "true",
            values["error_on_nondeterministic_update"] == "true",
        )

    def renew(self) -> None:
        """See what the statement so far changed in the catalog."""
        self.refresh(self.relations.datasets)

    def expire(self) -> None:
        """Have the next refresh make all anew, whether or not the catalog changed."""
        self._version = -1

    def translate(self, sql: str) -> Translation:
        """DuckDB SQL of a statement; kept until the catalog changes, where it may be."""
        known = self._translations.get(sql)
        if known is None:
            known = self.translator.translate(sql)
            if not known.scans and not known.datasets:
                self._translations[sql] = known
        return known

    def query(self, sql: str) -> Translation:
        """DuckDB SQL of a query that runs at once; it may rely on what is known of the rows of tables."""
        if self._session.transaction.state != "idle":
            return self.translate(sql)
        known = self._queries.get(sql)
        if known is None or not self.holds(known):
            known = self.translator.translate(sql, Knowledge(self._blankless))
            if not known.scans and not known.datasets:
                self._queries[sql] = known
        return known

    def holds(self, translation: Translation) -> bool:
        """Whether what a translation relies on is still so."""
        known = translation.knowledge
        return known is None or all(map(self._blankless, known.trusted))

    def _blankless(self, column: Column) -> bool:
        return self._session.shared.endings.blankless(self._session, column)

    def close(self) -> None:
        """Let go of the translations."""
        self._translations.clear()
        self._queries.clear()
