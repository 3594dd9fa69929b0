"""Elements of arrays in the paths of FROM: `from t, t.a[0].b as x`, which sqlglot reads only with dots.

Source: Redshift Developer Guide, "Querying semistructured data".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

_STEP = re.compile(r"\[(\d+)\]")
_CLAUSES = frozenset(
    {"from", "join", "where", "group by", "order by", "having", "qualify", "limit", "on", "using", "select", "union",
     "except", "intersect", "minus", "start", "connect", "set", "when"}
)  # fmt: skip


def dotted(tokens: list[Any]) -> list[Any]:
    """The tokens with every `[0]` of a path in FROM as a step behind a dot."""
    if not any(token.text == "[" for token in tokens):
        return tokens
    from sqlglot import TokenType

    kept: list[Any] = []
    clauses = [""]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        word = " ".join(token.text.lower().split())
        if word == "(":
            clauses.append("")
        elif word == ")" and len(clauses) > 1:
            clauses.pop()
        elif word in _CLAUSES and token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER):
            clauses[-1] = "from" if word == "join" else word
        elif word == "," and clauses[-1] in ("on", "using"):
            clauses[-1] = "from"
        following = tokens[at + 1 : at + 3]
        if word == "[" and clauses[-1] == "from" and _STEP.fullmatch("".join(["[", *(t.text for t in following)])):
            index = following[0]
            token.token_type, token.text = TokenType.DOT, "."
            index.token_type, index.text = TokenType.VAR, f"[{index.text}]"
            kept += [token, index]
            at += 3
            continue
        kept.append(token)
        at += 1
    return kept


def offset_last(tokens: list[Any]) -> list[Any]:
    """`unnest(a) with offset as t(e, i)` with WITH OFFSET behind the names, where sqlglot looks for it."""
    from sqlglot import TokenType

    kept = list(tokens)
    places = [at for at in range(1, len(tokens) - 2) if tokens[at].token_type is TokenType.WITH]
    for at in reversed(places):
        opening = next((i for i in range(at + 2, min(at + 5, len(kept))) if kept[i].text == "("), None)
        if kept[at - 1].text != ")" or kept[at + 1].text.lower() != "offset" or opening is None:
            continue
        closing = next((i for i in range(opening, len(kept)) if kept[i].text == ")"), len(kept) - 1)
        name = type(kept[at])(TokenType.VAR, "offset")
        kept[at : closing + 1] = [*kept[at + 2 : closing + 1], *kept[at : at + 2], name]
    return kept


def step(name: str | exp.Expr) -> str | exp.Expr:
    """The index that a name such as `[0]` stands for; any other step as it is."""
    from sqlglot import exp

    match = _STEP.fullmatch(name) if isinstance(name, str) else None
    return exp.Literal.number(match[1]) if match else name
