"""How the warehouse describes a function of Redshift's: what it takes, what it returns, how DuckDB computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.types import Type, named
from rsnb.warehouse.translation import coercion, typed
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import Typed

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = [
    "Call",
    "Function",
    "Refused",
    "Wrong",
    "aggregate",
    "at_most",
    "made",
    "number_at_least",
    "own",
    "same",
    "taking",
]

TAKE_SKETCHES = frozenset({"coalesce", "count", "nvl"})  # functions of other families that take a HLLSKETCH
UNVISITED = frozenset({"raw", "word"})  # arguments that the function reads itself

Build = Callable[["Call"], "exp.Expr | Typed"]
Returns = str | Callable[["Call"], Type]


@dataclass
class Call:
    """One call in a statement: the arguments as visited and converted, and what stands around them.

    nodes: the arguments as written. over: puts the window, the filter and DISTINCT around an aggregate.
    """

    name: str
    arguments: list[Typed]
    nodes: list[exp.Expr]
    visit: Callable[[exp.Expr], Typed]
    distinct: bool = False
    ignore_nulls: bool = False
    within: list[exp.Expr] = field(default_factory=list)  # the ordering of WITHIN GROUP, visited
    within_values: list[Typed] = field(default_factory=list)  # what it orders by
    over: Callable[[exp.Expr], exp.Expr] = lambda node: node
    windowed: bool = False
    star: bool = False  # count(*)

    def __getitem__(self, index: int) -> Typed:
        return self.arguments[index]

    def __len__(self) -> int:
        return len(self.arguments)

    def word(self, index: int) -> str:
        """An argument that is a bare word or a quoted text, such as a date part, in lower case."""
        node = self.nodes[index]
        text = node.name if hasattr(node, "name") else ""
        return str(text).lower()

    def aggregate(self, name: str, *arguments: object) -> exp.Expr:
        """An aggregate of DuckDB's over the same rows as this one."""
        from sqlglot import exp

        nodes = [typed.node(a) for a in arguments]
        if self.distinct and nodes:
            nodes = [exp.Distinct(expressions=nodes)]
        if self.ignore_nulls:
            return self.over(_ignoring_nulls(name, nodes))
        found = exp.Anonymous(this=name, expressions=nodes)
        found.meta[typed.AGGREGATE] = not self.windowed
        return self.over(found)


def _ignoring_nulls(name: str, nodes: list[exp.Expr]) -> exp.Expr:
    """A window function that passes over NULL; sqlglot writes it for its own classes only."""
    from sqlglot import exp

    kinds = {"first_value": exp.FirstValue, "lag": exp.Lag, "last_value": exp.LastValue, "lead": exp.Lead,
             "nth_value": exp.NthValue}  # fmt: skip
    if name not in kinds:
        raise Wrong(f"{name.upper()} takes no IGNORE NULLS")
    arguments = dict(zip(("this", "offset", "default"), nodes, strict=False))
    return exp.IgnoreNulls(this=kinds[name](**arguments))


@dataclass(frozen=True)
class Function:
    """A function: takes names a family of rsnb.warehouse.translation.coercion for each argument.

    A family in brackets may be left out, one with a star may be repeated; `word` is a bare word, `raw` is for
    the function itself to visit. returns: a type's short name, `same` for that of the first argument, or a
    function of the call. column: the name of an unnamed output column, where it is not the function's.
    """

    takes: tuple[str, ...]
    returns: Returns
    build: Build
    column: str = ""
    kind: str = "scalar"  # or aggregate, window
    least: int = 0
    most: int | None = 0

    def family(self, index: int) -> str:
        """What the argument at an index is taken as."""
        return self.takes[min(index, len(self.takes) - 1)]

    def result(self, call: Call) -> Type:
        """The type of a call's result."""
        if callable(self.returns):
            return self.returns(call)
        if self.returns == "same":
            return call[0].type
        return named(self.returns)


def taking(takes: str, returns: Returns, build: Build, column: str = "", kind: str = "scalar") -> Function:
    """A function from `"text int [int]"`, its result type and how it is built."""
    words = takes.split()
    least = sum(not w.startswith("[") and not w.endswith("*") for w in words)
    most = None if words and words[-1].strip("[]").endswith("*") else len(words)
    return Function(tuple(w.strip("[]*") for w in words), returns, build, column, kind, least, most)


def aggregate(takes: str, returns: Returns, build: Build, column: str = "") -> Function:
    """An aggregate function."""
    return taking(takes, returns, build, column, "aggregate")


def at_most(length: int) -> Returns:
    """The type of texts of at most so many bytes."""
    return lambda call: named("varchar", length)


def same(name: str) -> Build:
    """DuckDB's function of this name, with the same arguments."""
    return lambda call: typed.call(name, *call.arguments)


def own(name: str) -> Build:
    """The warehouse's own macro of this name, with the same arguments."""
    return lambda call: typed.own(name, *call.arguments)


def made(name: str, **extra: object) -> Build:
    """An aggregate of DuckDB's of this name."""
    return lambda call: call.aggregate(name, *call.arguments)


def number_at_least(node: exp.Expr, least: int) -> bool:
    """Whether a node is a whole number that is written out, and not less than `least`."""
    from sqlglot import exp

    return isinstance(node, exp.Literal) and node.is_int and int(node.name) >= least


def check_count(function: Function, name: str, given: int) -> None:
    """Raise Wrong when a call has too few or too many arguments."""
    if given < function.least or (function.most is not None and given > function.most):
        most = "or more" if function.most is None else f"to {function.most}" if function.most > function.least else ""
        wanted = f"{function.least} {most}".strip()
        raise Wrong(f"the function {name.upper()} takes {wanted} argument{'' if wanted == '1' else 's'}, not {given}")


def convert(function: Function, call: Call) -> None:
    """The arguments of a call as the function takes them."""
    for index, value in enumerate(call.arguments):
        family = function.family(index)
        try:
            if value.short == "hllsketch" and family != "sketch" and call.name not in TAKE_SKETCHES:
                raise Wrong("a HLLSKETCH stands only in COUNT, COALESCE, NVL, CASE and the functions of sketches")
            call.arguments[index] = value if family in UNVISITED else coercion.coerce(value, family)
        except Wrong as why:
            raise Wrong(f"argument {index + 1} of {call.name.upper()}: {why}", why.hint) from None
