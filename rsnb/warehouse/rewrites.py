"""What a function that DuckDB would answer otherwise becomes, in the syntax tree.

Source of each behaviour: the function's page in the Redshift Developer Guide.
What remains different: Redshift ignores blanks at the end of any VARCHAR that it compares, groups or joins;
here they are ignored only beside a literal that ends in blanks. Data without such blanks gives equal answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.warehouse.macros import qualified

if TYPE_CHECKING:
    from sqlglot import exp

Rewrite = Callable[["exp.Expr"], "exp.Expr"]  # may change the node, or give another for its place


class Refused(Exception):
    """A use of a known construct that DuckDB would answer in another way; says which, and where."""

    def __init__(self, construct: str, node: exp.Expr | None = None) -> None:
        super().__init__(construct)
        self.node = node


def call(name: str, *arguments: Any) -> exp.Expr:
    """A call of one of the warehouse's own macros."""
    from sqlglot import exp

    return exp.Anonymous(this=qualified(name), expressions=[a for a in arguments if a is not None])


def own(name: str, count: int = 1) -> Rewrite:
    """Call the warehouse's own macro of this name with the same arguments, which are `count`."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        given = node.expressions if isinstance(node.args.get("expressions"), list) else []
        arguments = given or [a for a in node.args.values() if hasattr(a, "sql")]
        if len(arguments) != count:
            raise Refused(f"{name.upper()} with {len(arguments)} arguments")
        return call(name, *arguments)

    return rewrite


def as_type(kind: str) -> Rewrite:
    """The function's result in Redshift's type for it."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        from sqlglot import exp

        whole = node.parent if isinstance(node.parent, exp.Window) and node.arg_key == "this" else node
        cast = exp.cast(whole.copy(), kind)
        if whole is node:
            return cast
        whole.replace(cast)
        return node

    return rewrite


def null_if_any_null(node: exp.Expr) -> exp.Expr:
    """CONCAT gives NULL when an argument is NULL, as `||` does; it takes two."""
    from sqlglot import exp

    if len(node.expressions) != 2:
        raise Refused("CONCAT of other than two texts (nest it, or use ||)")
    first, second = node.expressions
    return exp.Paren(this=exp.DPipe(this=first, expression=second))


def log(node: exp.Expr) -> exp.Expr:
    """LOG is the logarithm to the base 10."""
    from sqlglot import exp

    if node.args.get("expression"):
        raise Refused("LOG with two arguments")
    return exp.Anonymous(this="log10", expressions=[node.this])


def end_of(name: str) -> Rewrite:
    """LEFT and RIGHT take a length that is not negative."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        return node if _number(node.args["expression"], 0) else call(name, node.this, node.args["expression"])

    return rewrite


def pad(node: exp.Expr) -> exp.Expr:
    """LPAD and RPAD fill with blanks unless told, and give an empty text for a negative length."""
    from sqlglot import exp

    fill = node.args.get("fill_pattern") or exp.Literal.string(" ")
    size = node.args["expression"]
    if _number(size, 1) and _text(fill):
        node.set("fill_pattern", fill)
        return node
    return call("lpad" if node.args.get("is_left") else "rpad", node.this, size, fill)


def position(node: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    if node.args.get("position") or node.args.get("occurrence"):
        raise Refused("CHARINDEX with a start")
    part = node.args["substr"]
    return exp.cast(node.copy(), "int") if _text(part) else call("position", node.this, part)


def split_part(node: exp.Expr) -> exp.Expr:
    mark, number = node.args.get("delimiter"), node.args.get("part_index")
    return node if _text(mark) and _number(number, 1) else call("split_part", node.this, mark, number)


def substring(node: exp.Expr) -> exp.Expr:
    """A start before the first character counts from there in Redshift, from the end in DuckDB."""
    from sqlglot import exp

    start, size = node.args.get("start"), node.args.get("length")
    if not isinstance(start, exp.Expr):
        raise Refused("SUBSTRING without a start")
    if _number(start, 1) and (size is None or _number(size, 0)):
        return node
    return call("substring", node.this, start, size) if size else call("substring_from", node.this, start)


def _number(node: Any, least: int) -> bool:
    """Whether a node is a whole number that is written out, and not less than `least`."""
    from sqlglot import exp

    return isinstance(node, exp.Literal) and node.is_int and int(node.name) >= least


def _text(node: Any) -> bool:
    """Whether a node is a text that is written out, and not empty."""
    from sqlglot import exp

    return isinstance(node, exp.Literal) and node.is_string and bool(node.name)


# Date and time

_PARTS = {
    "MICROSECOND": "microseconds microsec microsecs us usec usecs",
    "MILLISECOND": "milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon",
    "SECOND": "seconds s sec secs",
    "MINUTE": "minutes m mi min mins",
    "HOUR": "hours h hr hrs",
    "DAY": "days d",
    "WEEK": "weeks w",
    "MONTH": "months mon mons",
    "QUARTER": "quarters qtr qtrs",
    "YEAR": "years y yr yrs",
    "DAYOFWEEK": "dow dw weekday",
    "DAYOFYEAR": "doy dy yearday",
}
PARTS = {alias: part for part, aliases in _PARTS.items() for alias in (part.lower(), *aliases.split())}
_WHOLE = {"MINUTE", "HOUR", "DAY", "MONTH", "QUARTER", "YEAR"}  # parts that every function counts alike


def _unit(node: exp.Expr, argument: str, allowed: set[str], what: str) -> None:
    """Spell the date part in full; refuse one that is not known, or not allowed here."""
    from sqlglot import exp

    given = node.args.get(argument)
    written = given.name if isinstance(given, exp.Expr) else ""
    part = PARTS.get(written.lower())
    if part not in allowed:
        raise Refused(f"the date part {written.upper() or '?'} in {what}")
    node.set(argument, exp.Var(this=part))


def _moment(node: Any, kind: str = "timestamp") -> Any:
    """A text or NULL as a date or timestamp; other values as they are."""
    from sqlglot import exp

    plain = isinstance(node, exp.Null) or (isinstance(node, exp.Literal) and node.is_string)
    return exp.cast(node, kind) if plain else node


def date_part(kind: str, what: str) -> Rewrite:
    """DATE_PART is a DOUBLE PRECISION, EXTRACT an INTEGER."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        from sqlglot import exp

        _unit(node, "this", _WHOLE | {"DAYOFWEEK", "DAYOFYEAR", "WEEK"}, what)
        node.set("expression", _moment(node.args["expression"]))
        return exp.cast(node.copy(), kind)

    return rewrite


def date_trunc(node: exp.Expr) -> exp.Expr:
    """DATE_TRUNC returns a timestamp, also of a date."""
    from sqlglot import exp

    _unit(node, "unit", _WHOLE | {"SECOND", "WEEK"}, "DATE_TRUNC")
    node.set("this", exp.cast(node.this, "timestamp"))
    return node


def dateadd(node: exp.Expr) -> exp.Expr:
    """29 February and a year is 1 March; and months, it is the last of February at most."""
    from sqlglot import exp

    _unit(node, "unit", _WHOLE | {"SECOND", "WEEK", "MILLISECOND", "MICROSECOND"}, "DATEADD")
    count = node.args["expression"]
    if isinstance(count, exp.Literal) and not count.is_int:
        raise Refused("DATEADD of an interval that is not a whole number")
    if node.args["unit"].name == "YEAR":
        return call("add_years", exp.cast(node.this, "timestamp"), count)
    return node


def datediff(node: exp.Expr) -> exp.Expr:
    """DATEDIFF in units whose boundaries both count alike (a week starts on Sunday in Redshift)."""
    _unit(node, "unit", _WHOLE | {"SECOND"}, "DATEDIFF")
    return node


def last_day(node: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    node.set("this", exp.cast(node.this, "timestamp"))
    return node


def getdate(node: exp.Expr) -> exp.Expr:
    """GETDATE is when the statement began, a timestamp without a time zone, in UTC."""
    return call("getdate")


def sysdate(node: exp.Expr) -> exp.Expr:
    """SYSDATE is when the transaction began."""
    from sqlglot import exp

    return exp.cast(exp.Anonymous(this="now"), "timestamp")


def current_date(node: exp.Expr) -> exp.Expr:
    from sqlglot import exp

    return exp.cast(exp.Anonymous(this="now"), "date")


# Operators


def like(node: exp.Expr) -> exp.Expr:
    """A backslash escapes in a pattern; ILIKE minds the case of letters that are not ASCII."""
    from sqlglot import exp

    pattern = node.args["expression"]
    literal = isinstance(pattern, exp.Literal) and pattern.is_string
    if isinstance(node, exp.ILike) and not (literal and pattern.name.isascii()):
        raise Refused("ILIKE with a pattern that is not an ASCII literal")
    if isinstance(node.parent, exp.Escape) or (literal and "\\" not in pattern.name):
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def comparison(node: exp.Expr) -> exp.Expr:
    """Beside a literal that ends in blanks, blanks at the end do not count."""
    from sqlglot import exp

    operands = [node.this, *node.expressions, *(node.args.get(k) for k in ("expression", "low", "high"))]
    if any(isinstance(o, exp.Literal) and o.is_string and o.name.endswith(" ") for o in operands):
        for operand in operands:
            if isinstance(operand, exp.Expr):
                blank = exp.Literal.string(" ")
                operand.replace(exp.Trim(this=operand.copy(), position="TRAILING", expression=blank))
    return node


def cast(node: exp.Expr) -> exp.Expr:
    """A text must be spelt as Redshift reads it; DECIMAL alone has no decimals."""
    from sqlglot import exp

    to, value = node.args["to"], node.this
    if to.this == exp.DType.DECIMAL and not to.expressions:
        node.set("to", exp.DataType.build("decimal(18,0)"))
    if to.this in (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ):
        if isinstance(value, exp.Literal) and value.is_string and not value.name.strip()[:4].isdigit():
            raise Refused(f"the spelling {value.name!r} of a date (write YYYY-MM-DD)", node)
    elif to.this == exp.DType.BOOLEAN:
        node.set("this", call("to_truth", value.copy()))
    elif to.this in exp.DataType.INTEGER_TYPES and not _is_number(value):
        node.set("this", call("to_whole", value.copy()))
    return node


def _is_number(node: exp.Expr) -> bool:
    """Whether an expression can't be a text; the arguments of a function have the type that it declares."""
    from sqlglot import exp

    if isinstance(node, (exp.Paren, exp.Neg)):
        return _is_number(node.this)
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.NUMERIC_TYPES
    arithmetic = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Floor, exp.Ceil, exp.Round, exp.Trunc, exp.Count)
    return isinstance(node, arithmetic) or (isinstance(node, exp.Literal) and not node.is_string)
