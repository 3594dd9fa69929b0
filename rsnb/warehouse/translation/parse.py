"""Redshift SQL as a syntax tree: sqlglot reads the syntax, and no function.

Every name before a bracket is marked, so that sqlglot reads a plain call with the arguments as written and
does nothing of its own with it; the mark holds the name's place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.warehouse.translation import foreign, refused_functions, steps, strictness
from rsnb.warehouse.translation.literals import spelled_out

if TYPE_CHECKING:
    from sqlglot import exp

MARK = "rsnb$"

# Words before a bracket that are syntax or types. CAST and the like have a grammar of their own inside.
_SYNTAX = frozenset(
    {
        "all", "and", "any", "as", "asc", "between", "bigint", "binary", "bit", "boolean", "by", "byte", "case",
        "cast", "char", "character", "cross", "cube", "dec", "decimal", "desc", "distinct", "double", "else", "end",
        "except", "exclude", "exists", "extract", "filter", "float", "float4", "float8", "for", "from", "full",
        "geography", "geometry", "group", "having", "hllsketch", "ilike", "in", "inner", "int", "int2", "int4",
        "int8", "integer", "intersect", "interval", "into", "is", "join", "like", "limit", "minus", "national",
        "natural", "nchar", "not", "null", "nulls", "numeric", "nvarchar", "offset", "on", "or", "order", "outer",
        "over", "partition", "pivot", "precision", "qualify", "real", "recursive", "returning", "rollup", "row",
        "rows", "select", "set", "sets", "similar", "smallint", "some", "start", "struct", "super", "table", "then",
        "time", "timestamp", "timestamptz", "timetz", "to", "top", "trim", "try_cast", "union", "unnest", "unpivot",
        "using", "values", "varbinary", "varbyte", "varchar", "varying", "when", "where", "with", "within",
    }
)  # fmt: skip
_FIRST = frozenset({"(", "delete", "insert", "select", "update", "with"})
_SPECIAL = {"substring": "from", "position": "in", "convert": "", "overlay": "placing"}
_SEVERAL = re.compile(r"\bwith\b|;", re.IGNORECASE)  # what statements stand in or behind others with
_TRANSFORM = re.compile(r"\bobject_transform\s*\(", re.IGNORECASE)
_NAMES = frozenset({"into", "update", "table", "join", "::", "as"})  # before a name that is no function


def parse(sql: str) -> exp.Expr:
    """The syntax tree of one query or data manipulation statement; SqlError with the place of a fault."""
    from sqlglot import exp
    from sqlglot.dialects.redshift import Redshift
    from sqlglot.errors import ErrorLevel, ParseError, SqlglotError

    strictness.check_text(sql)
    dialect = Redshift()
    try:
        tokens = dialect.tokenize(sql)
        if tokens and tokens[0].text.lower() not in _FIRST:
            raise SqlError("the statement is not a query", sql=sql, position=tokens[0].start)
        if _SEVERAL.search(sql):
            _refuse_commands(tokens, sql)
        foreign.check(tokens, sql)
        trees = dialect.parser(error_level=ErrorLevel.IMMEDIATE).parse(mark(tokens), sql)
    except ParseError as exc:
        if call := _TRANSFORM.search(sql):  # its arguments have a syntax of their own
            raise refused_functions.error("object_transform", sql, call.start()) from exc
        fault = exc.errors[0] if exc.errors else {}
        word = str(fault.get("highlight") or "")
        at = _offset(sql, int(fault.get("line") or 1), int(fault.get("col") or 1), word)
        raise SqlError(f"syntax error at or near {word or 'the end'!r}", sql=sql, position=at) from exc
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, LookupError) as exc:
        raise SqlError("the statement can't be read", sql=sql, position=0) from exc
    tree = trees[0] if trees else None
    if len(trees) != 1 or not isinstance(tree, (exp.Query, exp.Insert, exp.Update, exp.Delete)):
        raise SqlError("the statement is not a query", sql=sql, position=0)
    unmark_names(tree)
    strictness.check_tree(tree, sql)
    return tree


def _refuse_commands(tokens: list[Any], sql: str) -> None:
    """Raise where a statement that is none of _FIRST stands in WITH, behind it, or behind a `;`.

    sqlglot would warn of such a one on standard error, read it as a text, and go on.
    """
    from sqlglot import TokenType
    from sqlglot.dialects.redshift import Redshift

    commands = Redshift.parser_class.STATEMENT_PARSERS.keys() | Redshift.tokenizer_class.COMMANDS
    for at in _starts(tokens):
        if tokens[at - 1].token_type is TokenType.SEMICOLON:
            raise SqlError("the statement is not a query", sql=sql, position=0)
        word = tokens[at].text
        if tokens[at].token_type in commands and word.lower() not in _FIRST:
            raise SqlError(f"syntax error at or near {word!r}", sql=sql, position=tokens[at].start)


def _starts(tokens: list[Any]) -> Iterator[int]:
    """The places where a statement begins inside another, or behind one."""
    from sqlglot import TokenType

    for at in range(1, len(tokens) - 1):
        if tokens[at].token_type is TokenType.SEMICOLON:
            yield at + 1
        elif tokens[at].token_type is TokenType.L_PAREN and tokens[at - 1].text.lower() in ("as", "materialized"):
            yield at + 1
            if (end := _end(tokens, at) + 1) < len(tokens):  # of the last in WITH
                yield end


def mark(tokens: list[Any]) -> list[Any]:
    """The tokens with every function's name marked; `approximate` becomes part of the name."""
    from sqlglot import TokenType

    bracket, name_like = TokenType.L_PAREN, TokenType.VAR
    tokens = steps.offset_last(steps.dotted(spelled_out(settled(tokens))))
    kept: list[Any] = []
    for token in tokens:
        if token.token_type is bracket and kept:
            name = kept[-1]
            word = name.text.lower()
            if word and (word[0].isalpha() or word[0] == "_") and name.token_type is not TokenType.STRING:
                before = _before(kept)
                if before == "approximate":
                    name.text = f"approximate {name.text}"
                    del kept[-2]
                if _is_call(word, before, name.token_type is TokenType.IDENTIFIER):
                    name.text = f"{MARK}{name.start}{MARK}{name.text}"
                    name.token_type = name_like
        kept.append(token)
    for at, token in enumerate(kept):
        if token.text.startswith(MARK) and (word := token.text.rsplit(MARK, 1)[1].lower()) in _SPECIAL:
            _as_call(kept, at, word)
    return kept


def settled(tokens: list[Any]) -> list[Any]:
    """The tokens with every JOIN as INNER JOIN, which asks for ON, without LIMIT ALL; ANTI, ASOF and SEMI are names."""
    from sqlglot import TokenType

    kinds = {TokenType.CROSS, TokenType.FULL, TokenType.INNER, TokenType.LEFT, TokenType.NATURAL, TokenType.OUTER,
             TokenType.RIGHT}  # fmt: skip
    names = {TokenType.ANTI, TokenType.ASOF, TokenType.SEMI}
    kept: list[Any] = []
    for token in tokens:
        if token.token_type is TokenType.JOIN and not (kept and kept[-1].token_type in kinds):
            kept.append(type(token)(TokenType.INNER, "inner", token.line, token.col, token.start, token.end))
        elif token.token_type in names:
            token.token_type = TokenType.VAR
        elif token.token_type is TokenType.ALL and kept and kept[-1].token_type is TokenType.LIMIT:
            kept.pop()
            continue
        kept.append(token)
    return kept


def _before(kept: list[Any]) -> str:
    """The word before a name, its schema left out."""
    at = len(kept) - 2
    while at >= 1 and kept[at].text == ".":
        at -= 2
    return str(kept[at].text.lower()) if at >= 0 else ""


def _is_call(word: str, before: str, quoted: bool) -> bool:
    """Whether a word before a bracket names a function; syntax of two words, as `group by`, is one token."""
    return before not in _NAMES and (quoted or (word not in _SYNTAX and word.split() == [word]))


def _as_call(kept: list[Any], at: int, word: str) -> None:
    """`substring(a from b for c)` and its kind with commas, `convert(type, a)` as `cast(a as type)`."""
    from sqlglot import TokenType

    inside = list(_inside(kept, at + 1))
    if word == "convert":
        comma = next((i for i in inside if kept[i].token_type is TokenType.COMMA), None)
        if comma is not None and inside[-1] > comma:
            kept[at].text, kept[at].token_type = "cast", TokenType.VAR
            kept[comma].text, kept[comma].token_type = "as", TokenType.ALIAS
            end = _end(kept, at + 1)
            kept[at + 2 : end] = [*kept[comma + 1 : end], kept[comma], *kept[at + 2 : comma]]
    elif any(kept[i].text.lower() == _SPECIAL[word] for i in inside):
        for i in inside:
            if kept[i].text.lower() in ("from", "for", "in", "placing"):
                kept[i].text, kept[i].token_type = ",", TokenType.COMMA


def _inside(kept: list[Any], start: int) -> Iterator[int]:
    """The places of the tokens in the bracket that opens at `start`, at its own depth."""
    depth = 0
    for at in range(start, len(kept)):
        depth += (kept[at].text == "(") - (kept[at].text == ")")
        if depth == 0:
            return
        if depth == 1:
            yield at


def _end(kept: list[Any], start: int) -> int:
    """The place of the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(kept)):
        depth += (kept[at].text == "(") - (kept[at].text == ")")
        if depth == 0:
            return at
    return len(kept)


def unmark_names(tree: exp.Expr) -> None:
    """Give back their names to tables and columns that stood before a bracket: `t(a, b)`."""
    from sqlglot import exp

    for identifier in tree.find_all(exp.Identifier):
        if identifier.this.startswith(MARK):
            identifier.set("this", identifier.this.rsplit(MARK, 1)[1])


def called(node: exp.Expr) -> tuple[str, int]:
    """The name of a marked call, in lower case, and its place in the text (-1 when it has none)."""
    text = str(node.this)
    if not text.startswith(MARK):
        return text.lower(), -1
    _, place, name = text.split(MARK, 2)
    return name.lower(), int(place)


def _offset(sql: str, line: int, column: int, word: str) -> int:
    """sqlglot's column is the last character of the token."""
    start = sum(len(text) + 1 for text in sql.split("\n")[: line - 1])
    return max(0, min(start + column - max(len(word), 1), len(sql) - 1))


def shown(text: str) -> str:
    """A text without the marks of function names, for messages."""
    return re.sub(r"rsnb\$\d+rsnb\$", "", text)
