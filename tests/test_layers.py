"""Imports point only downward; the front door is light; the ground needs nobody."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rsnb

ROOT = Path(rsnb.__file__).parent

LAYERS: dict[str, tuple[str, ...]] = {  # from the top; a module may import from its own layer and from those below
    "front door": ("rsnb",),
    "faces": ("magic", "cli", "cli_connections", "live"),
    "verbs": ("catalog", "doctor", "ml", "policies", "reports", "samples"),
    "session": ("session", "privileges", "profile_files", "profiles", "stream", "watching", "worker"),
    "engines": ("engines",),
    "warehouse": ("warehouse",),
    "values": ("result", "preview", "moments", "lake", "auth", "charts", "functions", "types"),
    "ground": ("errors", "settings", "profile_keys", "sql", "literals", "tags", "_version"),
}  # fmt: skip
BELOW = {("charts", "result")}  # charts know only frames: they stand below the result that offers them
HEAVY = ("pandas", "pyarrow", "duckdb", "sqlglot", "plotly", "IPython", "numpy", "polars", "click")
MODULES = {
    ".".join(("rsnb", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
    if "__pycache__" not in path.parts
}


def part(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def layer(module: str) -> int:
    return next(i for i, parts in enumerate(LAYERS.values()) if part(module) in parts)


def statements(tree: ast.AST, types: bool = False) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import, also in functions; those of `if TYPE_CHECKING` where types are asked for."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif not types and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield from statements(other)
        else:
            yield from statements(node, types)


def imports(module: str, types: bool = False) -> set[str]:
    """The modules that a module imports; of rsnb's own, the submodule where a name is one."""
    found = set()
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in statements(ast.parse(MODULES[module].read_text(encoding="utf-8")), types):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
        base = ".".join(filter(None, [base, node.module]))
        found |= {f"{base}.{a.name}" if f"{base}.{a.name}" in MODULES else base for a in node.names}
    return found


def own(module: str, types: bool = False) -> set[str]:
    return {name for name in imports(module, types) if name in MODULES and name != module}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downward(module: str) -> None:
    assert {name for name in own(module) if layer(name) < layer(module)} == set()
    assert {name for name in own(module) if (part(module), part(name)) in BELOW} == set()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_layer(module: str) -> None:
    assert any(part(module) in parts for parts in LAYERS.values()), f"{module}: give it a place in LAYERS"


def cycles(left: dict[str, set[str]]) -> dict[str, set[str]]:
    """The modules that import each other, perhaps over others, and those between them."""
    while True:  # leave out what imports nothing of the rest, and what nothing of the rest imports
        wanted = set().union(*left.values())
        kept = {m: needs & left.keys() for m, needs in left.items() if needs & left.keys() and m in wanted}
        if kept == left:
            return left
        left = kept


def test_there_is_no_cycle() -> None:
    assert cycles({module: own(module) for module in MODULES}) == {}


def test_there_is_no_cycle_of_types() -> None:
    """But in the warehouse, whose parts work on the session that holds them."""
    modules = [module for module in MODULES if part(module) != "warehouse" and module != "rsnb"]
    assert cycles({module: own(module, types=True) & set(modules) for module in modules}) == {}


@pytest.mark.parametrize("module", [m for m in MODULES if part(m) in LAYERS["ground"]])
def test_the_ground_imports_no_third_party(module: str) -> None:
    outside = {name.split(".")[0] for name in imports(module)} - {"rsnb"}
    assert outside <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("module", [m for m in MODULES if part(m) not in LAYERS["faces"]])
def test_logic_knows_no_face(module: str) -> None:
    outside = {name.split(".")[0] for name in imports(module)}
    assert outside & {"IPython", "tornado", "ipywidgets", "anywidget", "click"} == set()


def loads(statement: str) -> set[str]:
    """The heavy packages that a fresh process has after a statement."""
    code = f"{statement}; import sys; print(*(set({HEAVY}) & sys.modules.keys()))"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    return set(ran.stdout.split())


def test_importing_rsnb_loads_nothing_heavy() -> None:
    assert loads("import rsnb") == set()
    assert loads("import rsnb; rsnb.Session; rsnb.connect; rsnb.Result") == set()


def test_the_command_line_loads_only_click() -> None:
    assert loads("import rsnb.cli") == {"click"}


def test_the_magic_loads_only_ipython() -> None:
    assert loads("import rsnb.magic") == loads("import IPython")


def test_the_walk_sees_an_upward_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "lake.py"
    bad.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rsnb import cli\n"
        "def f():\n    from rsnb import session\n    from . import magic\n"
    )
    monkeypatch.setitem(MODULES, "rsnb.lake", bad)
    assert own("rsnb.lake") == {"rsnb.session", "rsnb.magic"}
    with pytest.raises(AssertionError):
        test_imports_point_downward("rsnb.lake")
