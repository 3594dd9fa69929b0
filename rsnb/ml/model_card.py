"""What a model's card says, after Mitchell et al. 2019, "Model cards for model reporting": what it predicts, from
which data, how well, and where it must not be trusted, in counts, names and estimates, with no row, and no value of
an identifier or of a query's text.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rsnb._version import __version__
from rsnb.charts.theme import theme
from rsnb.ml.card_page import ModelCard, Section
from rsnb.ml.hyperparameters import BINARY, HYPERPARAMETERS, INEXACT, MULTICLASS, Value, resolve
from rsnb.ml.learner import LinearLearner
from rsnb.ml.metrics import Metric
from rsnb.ml.model import Model

__all__ = ["ModelCard", "Section", "model_card"]

TOP = 20  # coefficients that are listed
BACKENDS = {
    "local": "the exact minimum of the objective, found in this process from all training rows",
    "sagemaker": "stochastic steps in a training job on AWS: another run gives slightly other weights",
    "warehouse": "the exact minimum of the objective, from sums that the warehouse computed: no row left it",
}
CRITERIA = {
    "accuracy": "the largest accuracy",
    "f_beta": "the largest F score with beta {f_beta:g}",
    "f1": "the largest F1 score",
    "precision_at_target_recall": "the largest precision with a recall of at least {target_recall:g}",
    "recall_at_target_precision": "the largest recall with a precision of at least {target_precision:g}",
    "loss_function": "the loss alone, not by the examples",
    "cross_entropy_loss": "the loss alone, not by the examples",
}


def model_card(of: LinearLearner | Model, figures: bool = False) -> ModelCard:
    """The card of a model. Of a learner it knows the data too; figures: with the plots of the test examples.

    The metrics are those of the last evaluation: learner.evaluate() makes them.
    """
    model = of if isinstance(of, Model) else of.model
    features = None if isinstance(of, Model) else of.features
    sections = [
        _predicts(model),
        *_data(model, features),
        *_features(model, features),
        *_hyperparameters(model),
        _metrics(model, features),
        *_threshold(model),
        *_coefficients(model),
        Section("Limits", points=_limits(model, features)),
    ]
    drawn = {}
    if figures:
        from rsnb.ml.plots import plots, scored

        one = replace(scored(of), single=False)
        light, dark = (plots(replace(one, theme=theme(name))) for name in ("light", "dark"))
        drawn = {name: (light[name], dark[name]) for name in light}
    today = datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes").removesuffix("+00:00")
    return ModelCard(f"Model card: {_title(model)}", sections, f"Made {today} UTC with rsnb {__version__}.", drawn)


def _title(model: Model) -> str:
    target = getattr(model.encoding, "target", None)
    return f"{model.predictor_type} of {target.name}" if target else model.predictor_type


def _predicts(model: Model) -> Section:
    target, kind = getattr(model.encoding, "target", None), model.predictor_type
    name = target.name if target else "the target"
    labels = [str(label) for label in target.labels] if target else []
    if kind == BINARY:
        what = f"Whether {name} is {labels[1]!r} (1) or {labels[0]!r} (0)." if labels else "Whether the target is 1."
        shape = "a probability" if model.loss == "logistic" else "a margin, not a probability"
        text = [what, f"The score is {shape}; from the threshold on, the predicted label is 1."]
    elif kind == MULTICLASS:
        text = [f"Which class {name} has" + (f": {', '.join(labels)}." if labels else ".")]
        text.append("The scores of the classes add up to 1; the predicted label is the class with the largest.")
    else:
        text = [f"The number {name}.", "The score is the predicted value."]
    given = model.provenance
    backend = str(given.get("backend", ""))
    said = f"Trained {given.get('trained_at', 'at a time that is not known')} with rsnb {given.get('rsnb', '?')}"
    how = f", backend {backend}: {BACKENDS[backend]}." if backend in BACKENDS else "."
    return Section(
        "What it predicts", [*text, f"A linear function of {len(model.names):,} encoded columns.", said + how]
    )


def _data(model: Model, features: Any) -> list[Section]:
    counts, text = getattr(features, "counts", None), []
    labels = list(map(str, features.target.labels)) if counts else []
    if counts:
        split = features.split
        key = getattr(features.drawn, "column", None)
        shares = ", ".join(f"{part} {getattr(split, part):.0%}" for part in counts if getattr(split, part))
        seed = "" if split.by == "time" else f", seed {split.seed}"
        text = [f"Source: {_source(features)}.", f"Split by {split.by}{f' ({key})' if key else ''}: {shares}{seed}."]
        text += [f"{note[:1].upper()}{note[1:]}." for note in features.notes]
        rows = [[part, f"{int(n.sum()):,}", *_shares(n, labels)] for part, n in counts.items()]
    else:
        known = {k.removesuffix("_rows"): v for k, v in model.provenance.items() if k.endswith("_rows")}
        rows = [[part, f"{n:,}"] for part, n in known.items()]
        text = ["Source, class balance and split are not known here: the card of the learner that trained it has them."]
        text = text if features is None else ["The learner was given encoded examples, without a feature table."]
    return [Section("Data", text, header=["part", "rows", *labels], rows=rows)]


def _source(features: Any) -> str:
    """Where the rows come from: of a query only its tables, because its text may hold values."""
    relation = getattr(features.rows, "relation", "")
    if not relation:
        return "a frame in the notebook"
    if not relation.startswith("("):
        return f"the table {relation.removesuffix(' as source')}"
    import sqlglot
    from sqlglot import exp

    try:
        parsed = sqlglot.parse_one(f"select * from {relation}", read="redshift")
    except sqlglot.errors.SqlglotError:
        return "a query"
    inside = {c.alias for c in parsed.find_all(exp.CTE)}
    tables = {".".join(part.name for part in t.parts) for t in parsed.find_all(exp.Table)}
    return f"a query over {', '.join(sorted(tables - inside))}" if tables - inside else "a query"


def _shares(counts: Any, labels: Sequence[str]) -> list[str]:
    whole = int(counts.sum())
    return [f"{int(n):,} ({n / whole:.1%})" if whole else "0" for n in counts] if labels else []


def _features(model: Model, features: Any) -> list[Section]:
    columns = getattr(model.encoding, "columns", None)
    if columns is None:
        shown = ", ".join(model.names[:TOP]) + (f" and {len(model.names) - TOP} more" if len(model.names) > TOP else "")
        return [Section("Features", [f"Encoded columns: {shown}."])]
    missing = {name: p.nulls for name, p in getattr(features, "profiles", {}).items()}
    rows = [[c.name, c.type, str(len(c.names)), *([f"{missing.get(c.name, 0):,}"] if missing else [])] for c in columns]
    header = ["column", "kind", "encoded columns", *(["missing in training"] if missing else [])]
    found = [Section("Features", header=header, rows=rows)]
    dropped = features.roles.dropped if hasattr(features, "roles") else dict.fromkeys(model.encoding.ignored, "")  # type: ignore[union-attr]
    if dropped:
        why = [[name, reason or "not a feature"] for name, reason in dropped.items()]
        found.append(Section("Not used", header=["column", "why"], rows=why))
    return found


def _hyperparameters(model: Model) -> list[Section]:
    """Those that differ from the defaults, and the defaults that mattered."""
    defaults = resolve(model.predictor_type, {})
    exact = model.provenance.get("backend") != "sagemaker"
    used = {n: v for n, v in model.hyperparameters.items() if not (exact and n in INEXACT)}
    changed = {n: v for n, v in used.items() if n not in defaults or defaults[n] != v}
    rows = [[n, str(v), str(defaults.get(n, "")), HYPERPARAMETERS[n].help] for n, v in changed.items()]
    text = [f"Loss: {model.loss}." + ("" if rows else " All hyperparameters have their defaults.")]
    kept = ", ".join(f"{n} {v}" for n, v in used.items() if n not in changed and n != "feature_dim")
    text.append(f"Defaults in force: {kept}.")
    ignored = [n for n, v in model.hyperparameters.items() if n not in used and defaults.get(n) != v]
    if ignored:
        text.append(f"Given and of no effect, because the solution is exact: {', '.join(ignored)}.")
    return [Section("Hyperparameters", text, header=["name", "value", "default", "meaning"], rows=rows)]


def _metrics(model: Model, features: Any) -> Section:
    if not model.metrics:
        return Section("Metrics", ["Not evaluated yet: learner.evaluate() does that, and a new card shows it."])
    n = max(metric.n for metric in model.metrics.values())
    tested = getattr(features, "counts", None) is not None and n == int(features.counts["test"].sum())
    part = "the test part" if tested else "the examples of the last evaluation"
    rows = [[name, _figure(m.value), _range(m), f"{m.n:,}"] for name, m in model.metrics.items()]
    text = [f"On {part}, with 95 % intervals; n is the number of examples that a value stands on."]
    return Section("Metrics", text, header=["metric", "value", "95 % interval", "n"], rows=rows)


def _threshold(model: Model) -> list[Section]:
    if model.predictor_type != BINARY:
        return []
    given: dict[str, Value] = model.hyperparameters
    how = CRITERIA[str(given["binary_classifier_model_selection_criteria"])].format(**given)
    if model.fitted is None:
        return [Section("Threshold", [f"It is with the service that trained the model; chosen by {how}."])]
    notes = [f"{note[:1].upper()}{note[1:]}." for note in model.fitted.notes]
    rows = model.provenance.get("validation_rows")
    where = f", on the validation part ({rows:,} rows)" if rows else ""
    where = "" if "loss" in how or any("training examples" in note for note in notes) else where
    return [Section("Threshold", [f"{_figure(model.threshold)}, chosen by {how}{where}.", *notes])]


def _coefficients(model: Model) -> list[Section]:
    if model.fitted is None:
        return []
    table = model.coefficients()
    known = bool(table["z"].notna().any())
    order = (table["z"] if known else table["weight"]).abs().sort_values(ascending=False, kind="stable").index[:TOP]
    labels = getattr(getattr(model.encoding, "target", None), "labels", ())
    rows = []
    for row in table.loc[order].to_dict("records"):
        name = [str(labels[row["class"]] if labels else row["class"])] if "class" in row else []
        interval = "" if np.isnan(row["low"]) else f"{_figure(row['low'])} to {_figure(row['high'])}"
        p = "" if np.isnan(row["p"]) else "< 0.001" if row["p"] < 0.001 else f"{row['p']:.3f}"
        rows.append([*name, str(row["column"]), _figure(row["weight"]), *([interval, p] if known else [])])
    header = [*(["class"] if "class" in table else []), "column", "weight", *(["95 % interval", "p"] if known else [])]
    first = f"The {len(rows)} of {len(table):,} with the largest {'|z|' if known else 'weights'}"
    text = f"{first}, in the unit of each encoded column; model.coefficients() has all."
    return [Section("Coefficients", [text], header=header, rows=rows)]


def _limits(model: Model, features: Any) -> list[str]:
    given, backend = model.hyperparameters, str(model.provenance.get("backend", ""))
    rows, split = model.provenance.get("train_rows"), getattr(features, "split", None)
    seen = f"the {rows:,} training rows" if rows else "the training rows"
    found = [
        f"It describes the population of {seen}; for other places, times or ways to select rows it is not tested.",
        "The weights are associations given the other columns: they do not say what a change would cause.",
    ]
    if split is not None and split.by != "time":
        found.append(f"The split is by {split.by}, not by time: how well it does on later data is not tested.")
    multiple = given.get("positive_example_weight_mult", 1.0)
    if multiple not in (1.0, "auto") or (multiple == "auto" and backend == "sagemaker"):
        found.append(
            f"positive_example_weight_mult is {multiple}: the scores are shifted, and are not the probabilities of "
            "the population; ranking metrics hold, log loss, Brier score and calibration suffer."
        )
    if given.get("balance_multiclass_weights") is True:
        found.append("balance_multiclass_weights: the scores are not the classes' probabilities in the population.")
    if model.predictor_type == BINARY and model.loss != "logistic":
        found.append(f"The scores of {model.loss} are margins: they rank, and have no calibration.")
    if getattr(features, "same", None):
        found.append(f"Suspected leakage: {', '.join(features.same)} equals the target in every training row.")
    return [*found, *_estimate(model, backend)]


def _estimate(model: Model, backend: str) -> list[str]:
    """What the backend and the penalty mean for weights and intervals."""
    if model.fitted is None:
        return ["The weights are with SageMaker: the card can't list them, and predictions need its endpoint."]
    if model.fitted.covariance is None:
        return ["The weights have no standard errors: a penalty l1, the loss or the backend gives none."]
    return [
        "The intervals of the weights take the columns as given: they do not count that columns, categories or "
        "penalties were chosen by looking at the data, and are too narrow where rows of a group resemble each other."
    ] + (["The predictions of backend sagemaker cost an endpoint while it is up."] if backend == "sagemaker" else [])


def _figure(value: float) -> str:
    return "not known" if math.isnan(value) else f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"


def _range(metric: Metric) -> str:
    return "" if math.isnan(metric.low) else f"{_figure(metric.low)} to {_figure(metric.high)}"
