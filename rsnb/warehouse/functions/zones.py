"""Functions of time zones.

Source: Redshift Developer Guide, AT TIME ZONE, CONVERT_TIMEZONE, TIMEZONE, "Time zone usage notes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Call, Wrong, taking
from rsnb.warehouse.moments import zones
from rsnb.warehouse.translation import temporal
from rsnb.warehouse.translation.coercion import coerce
from rsnb.warehouse.translation.typed import TEXTS, TIMESTAMP, TIMESTAMPTZ, Typed, call, node, own, sql

if TYPE_CHECKING:
    from sqlglot import exp


def _instant(moment: object, zone: Typed) -> exp.Expr:
    """A TIMESTAMP on a zone's clock as a TIMESTAMPTZ."""
    known = _known(zone)
    if known is None:
        return own("instant_in", moment, zone)
    if known.name:
        return call("timezone", known.name, moment)
    return call("timezone", "UTC", _shifted(moment, -known.offset))


def _local(instant: object, zone: Typed) -> exp.Expr:
    """A TIMESTAMPTZ as a TIMESTAMP on a zone's clock."""
    known = _known(zone)
    if known is None:
        return own("local_in", instant, zone)
    if known.name:
        return call("timezone", known.name, instant)
    return _shifted(call("timezone", "UTC", instant), known.offset)


def _shifted(moment: object, seconds: int) -> exp.Expr:
    return sql("{moment} + to_seconds({seconds})", moment=moment, seconds=seconds) if seconds else node(moment)


def _known(zone: Typed) -> zones.Zone | None:
    """The zone of a text that is written out; None where it is not."""
    if zone.literal is None:
        if zone.short not in TEXTS:
            raise Wrong(f"a time zone is a text, not a value of type {zone.type.rule.name}")
        return None
    found = zones.zone(zone.literal)
    if found is None:
        raise Wrong(f"there is no time zone {zone.literal!r}", "name one as America/New_York, EST or EST5")
    return found


def _timezone(given: Call) -> Typed:
    """A TIMESTAMP is taken as that zone's, a TIMESTAMPTZ is shown in it."""
    zone, value = given[0], given[1]
    if value.short == "timestamptz":
        return Typed(_local(value, zone), TIMESTAMP)
    return Typed(_instant(temporal.zoneless(value), zone), TIMESTAMPTZ)


def _convert_timezone(given: Call) -> exp.Expr:
    """From one zone's clock, UTC unless told, to another's."""
    *sources, target, value = given.arguments
    moment = temporal.zoneless(coerce(value, "moment"))
    return _local(_instant(moment, sources[0]) if sources else call("timezone", "UTC", moment), target)


FUNCTIONS = {
    "convert_timezone": taking("given given [given]", "timestamp", _convert_timezone),
    "timezone": taking("given moment", "timestamptz", _timezone),
}
