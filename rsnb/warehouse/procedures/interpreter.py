"""Runs the statements of a procedure one after another: blocks, conditions, loops, calls.

Source: Redshift Developer Guide, "Supported PL/pgSQL statements".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rsnb.errors import LoadError, SqlError, UnsupportedSql
from rsnb.types import named
from rsnb.warehouse.procedures import cursors, handling, stored, tree, work
from rsnb.warehouse.procedures.frame import Frame, Row, Running
from rsnb.warehouse.procedures.stored import Procedure
from rsnb.warehouse.procedures.variables import Kind, Record, Scope, Variable, kind_of, literal

LEVELS = 16
_INT = Kind(named("int4"))


@dataclass(frozen=True)
class Leaving:
    """What ends a sequence of statements early: RETURN, or EXIT and CONTINUE to a label (empty: the innermost loop)."""

    kind: str
    label: str = ""


Signal = Leaving | None


def invoke(running: Running, procedure: Procedure, values: list[Any]) -> list[Variable]:
    """Run a procedure with the values of its input arguments; its output arguments, filled."""
    if running.depth >= LEVELS:
        raise SqlError(f"calls are nested at most {LEVELS} levels deep", hint=f"{procedure.name} is called in itself?")
    frame = Frame(running, procedure)
    frame.scope = Scope(procedure.name, frame.scope)
    given = iter(values)
    outputs: list[Variable] = []
    for number, argument in enumerate(procedure.arguments, 1):
        variable = Variable(argument.name or f"column{len(outputs) + 1}", kind_of(argument.type, argument=True))
        if argument.mode != "out":
            variable.put(next(given))
        frame.scope.variables[f"${number}"] = variable
        if argument.name:
            frame.scope.variables[argument.name] = variable
        if argument.mode != "in":
            outputs.append(variable)
    running.depth += 1
    try:
        run(frame, (procedure.tree,))
    finally:
        running.depth -= 1
    return outputs


def run(frame: Frame, body: tree.Body) -> Signal:
    """Run statements until one leaves."""
    for statement in body:
        frame.session.stopping.check()
        try:
            signal = _RUN[type(statement)](frame, statement)
        except SqlError as exc:
            if not exc.sql:
                frame.at(exc, statement.start)
            raise
        if signal is not None:
            return signal
    return None


def _block(frame: Frame, block: tree.Block) -> Signal:
    around = frame.scope
    frame.scope = Scope(block.label, around)
    try:
        for declaration in block.declarations:
            _declare(frame, declaration)
        inside = frame.scope
        try:
            signal = run(frame, block.body)
        except (SqlError, LoadError) as exc:
            if block.handler is None or isinstance(exc, UnsupportedSql):
                raise
            frame.scope = handling.enter(frame, exc, inside)
            signal = run(frame, block.handler)
            handling.leave(frame, exc)
    finally:
        frame.scope = around
    if signal is not None and signal.kind == "exit" and block.label and signal.label == block.label:
        return None
    return signal


def _declare(frame: Frame, declared: tree.Declaration) -> None:
    variables = frame.scope.variables
    if declared.alias is not None:
        argument = frame.scope.find(f"${declared.alias}")
        if argument is None:
            raise frame.at(SqlError(f"there is no argument ${declared.alias}"), declared.start)
        variables[declared.name] = argument
        return
    kind = work.declared_kind(frame, declared)
    if kind is None or isinstance(kind, Record):
        variables[declared.name] = kind or Record(declared.name)
        return
    variable = Variable(declared.name, kind, not_null=declared.not_null)
    if declared.query is not None:
        frame.bound[declared.name] = (declared.query, declared.arguments)
        variable.value = declared.name
    if declared.default is not None:
        value, given = frame.evaluate(declared.default, kind)
        frame.put(variable, value, given, declared.start)
    variable.constant = declared.constant
    variables[declared.name] = variable


def _if(frame: Frame, statement: tree.If) -> Signal:
    for condition, body in statement.branches:
        if frame.true(condition):
            return run(frame, body)
    return run(frame, statement.otherwise)


def _case(frame: Frame, statement: tree.Case) -> Signal:
    subject = ""
    if statement.subject is not None:
        value, kind = frame.evaluate(statement.subject)
        subject = f"{literal(Kind(kind), value)} = "
    for conditions, body in statement.branches:
        for condition in conditions:
            if work.equal(frame, subject, condition) if subject else frame.true(condition):
                return run(frame, body)
    if statement.otherwise is None:
        raise frame.at(SqlError("no WHEN of the CASE holds, and it has no ELSE"), statement.start)
    return run(frame, statement.otherwise)


def _again(signal: Signal, label: str) -> tuple[bool, Signal]:
    """Whether a loop goes on after its body, and what it hands on when it does not."""
    if signal is None:
        return True, None
    mine = signal.kind != "return" and signal.label in ("", label)
    if not mine:
        return False, signal
    return signal.kind == "continue", None


def _loop(frame: Frame, statement: tree.Loop) -> Signal:
    while statement.condition is None or frame.true(statement.condition):
        more, signal = _again(run(frame, statement.body), statement.label)
        if not more:
            return signal
    return None


def _count(frame: Frame, statement: tree.Count) -> Signal:
    (first, _), (last, _) = frame.evaluate(statement.first, _INT), frame.evaluate(statement.last, _INT)
    if first is None or last is None:
        raise frame.at(SqlError("a bound of FOR is NULL"), statement.start)
    numbers = range(first, last - 1, -1) if statement.reverse else range(first, last + 1)
    around, variable = frame.scope, Variable(statement.name, _INT)
    frame.scope = Scope(statement.label, around, {statement.name: variable})
    signal: Signal = None
    try:
        for number in numbers:
            variable.value = number
            more, signal = _again(run(frame, statement.body), statement.label)
            if not more:
                break
    finally:
        frame.scope = around
    frame.found.value = len(numbers) > 0
    return signal


def _rows(frame: Frame, statement: tree.Rows) -> Signal:
    signal: Signal = None
    iterated = False
    row: Row
    for row in cursors.each(frame, statement):
        iterated = True
        frame.take(row, statement.targets, statement.start)
        more, signal = _again(run(frame, statement.body), statement.label)
        if not more:
            break
    cursors.finish(frame)
    frame.found.value = iterated
    return signal


def _leave(frame: Frame, statement: tree.Leave) -> Signal:
    if statement.condition is not None and not frame.true(statement.condition):
        return None
    return Leaving("continue" if statement.again else "exit", statement.label)


def _return(frame: Frame, statement: tree.Return) -> Signal:
    return Leaving("return")


def _call(frame: Frame, statement: tree.Call) -> Signal:
    values, kinds = [], []
    for argument in statement.arguments:
        value, kind = frame.evaluate(argument)
        values.append(value)
        kinds.append(None if argument.text.startswith("'") or argument.text.lower() == "null" else kind)
    body = frame.procedure.body
    inner = stored.chosen(stored.named(frame.session, statement.name, body), list(kinds), body, statement.name)
    if inner.nonatomic != frame.procedure.nonatomic:
        raise frame.at(SqlError(f"{inner.name} is not of the same transaction mode as its caller"), statement.start)
    if any(a.mode == "out" for a in inner.arguments):
        raise frame.at(SqlError(f"{inner.name} has OUT arguments: a nested call takes INOUT"), statement.start)
    given = [work.converted(frame, v, k, a.type) for v, k, a in zip(values, kinds, inner.inputs, strict=True)]
    targets = [
        frame.scalar(work.target_of(frame, text), text.start)
        for text, argument in zip(statement.arguments, inner.inputs, strict=True)
        if argument.mode == "inout"
    ]
    for target, output in zip(targets, handling.entered(frame.running, inner, given, invoke), strict=True):
        frame.put(target, output.value, output.kind.type, statement.start)
    return None


_RUN: dict[type, Callable[[Frame, Any], Signal]] = {
    tree.Assign: work.assign,
    tree.Block: _block,
    tree.Call: _call,
    tree.Case: _case,
    tree.Close: cursors.close,
    tree.Control: handling.control,
    tree.Count: _count,
    tree.Diagnostics: work.diagnostics,
    tree.Execute: work.execute,
    tree.Fetch: cursors.fetch,
    tree.If: _if,
    tree.Leave: _leave,
    tree.Loop: _loop,
    tree.Nothing: lambda _frame, _statement: None,
    tree.Open: cursors.open_,
    tree.Raise: work.raise_,
    tree.Return: _return,
    tree.Rows: _rows,
    tree.Sql: work.sql,
}
