"""A long analytic statement of 250 lines and 16 kB, which Redshift and DuckDB both run."""

from __future__ import annotations

from collections.abc import Iterator

TABLE = """create table orders (
    order_id int8, customer_id int4, region varchar(20), status varchar(12), customer_name varchar(60),
    note varchar(200), quantity int4, amount decimal(12,2), discount float8, weight float8, ordered_at timestamp,
    shipped_on date, paid bool)"""

ROWS = 200
LINES = 250

# one output column each; {i} makes each occurrence another one
PLAIN = (
    "lower(trim(coalesce(o.customer_name, 'unknown {i}'))) as name_{i}",
    "case when o.quantity > {i} then 'many' when o.quantity > 2 then 'few' end as band_{i}",
    "coalesce(o.note, o.status, 'none {i}') as note_{i}",
    "date_trunc('month', o.ordered_at + interval '{i} days') as month_{i}",
    "upper(substring(o.region, 1, 3)) as region_code_{i}",
    "case when lower(o.status) in ('open', 'sent', 's{i}') then 1 else 0 end as active_{i}",
    "extract(year from o.ordered_at) * 100 + extract(month from o.ordered_at) + {i} as period_{i}",
    "round(o.discount * {i}.5 + o.weight, 2) as adjusted_{i}",
    "datediff('day', o.ordered_at, o.shipped_on + {i}) as days_{i}",
    "greatest(o.quantity, {i}) - least(o.quantity, {i}) as distance_{i}",
    "nullif(replace(o.customer_name, 'x{i}', ''), '') as cleaned_{i}",
    "case when o.paid and o.shipped_on is not null then o.amount * {i} else 0 end as due_{i}",
    "length(o.note) + abs(o.quantity - {i}) + floor(o.weight) as score_{i}",
    "o.ordered_at between '2024-01-01' and '2024-12-31' and o.quantity <> {i} as recent_{i}",
)

# the same, and what our translation has to know the types for
TYPED = (
    *PLAIN,
    "(o.quantity + {i}) / 7 as share_{i}",
    "o.weight / nullif(o.discount + {i}, 0) as rate_{i}",
    "o.region || '-' || o.status || '-{i}' as label_{i}",
    "cast(o.quantity + {i} as varchar(20)) as quantity_text_{i}",
    "sum(o.quantity + {i}) over (partition by o.region) as region_quantity_{i}",
    "avg(o.weight * {i}) over (partition by o.status) as status_weight_{i}",
)

KINDS = {"without division, avg, sum": PLAIN, "with division, avg, sum": TYPED}


def rows_sql() -> str:
    """An INSERT of ROWS rows into the table."""
    return f"insert into orders values {', '.join(_row(i) for i in range(ROWS))}"


def _row(i: int) -> str:
    day = f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}"
    status = ("open", "sent", "done")[i % 3]
    note = f"'note {i} of the clerk'" if i % 5 else "null"
    shipped = f"'{day}'" if i % 7 else "null"
    return (
        f"({i}, {i % 40}, 'region {i % 6}', '{status}', 'Customer {i % 40}', {note}, {i % 23}, {i * 1.25:.2f}, "
        f"{i % 10 / 10}, {i * 0.3:.1f}, '{day} 10:30:00', {shipped}, {'true' if i % 2 else 'false'})"
    )


def statement(kind: str, number: int) -> str:
    """The statement of a kind; each number gives another text, of the same length and meaning."""
    return "\n".join(_lines(kind, number))


def _lines(kind: str, number: int) -> Iterator[str]:
    templates = KINDS[kind]
    head = ["-- what every region ordered, with the derived columns of its models", "with derived as (", "select"]
    tail = _tail(kind, number)
    count = LINES - len(head) - len(tail)
    columns = [templates[i % len(templates)].format(i=i // len(templates) + 1) for i in range(count - 1)]
    yield from head
    yield from (f"    {column}," for column in columns)
    yield "    o.order_id, o.region, o.status, o.quantity, o.discount, o.paid"
    yield from tail


def _tail(kind: str, number: int) -> list[str]:
    total = "sum(quantity) as total, avg(discount) as mean," if kind != next(iter(KINDS)) else "count(status) as total,"
    return [
        "from orders o",
        f"where o.order_id < {1_000_000 + number} and coalesce(o.status, 'open') <> 'gone' and o.quantity >= 0",
        ")",
        "select region, count(*) as orders, count(distinct name_1) as customers,",
        f"    min(month_1) as first_month, max(month_2) as last_month, {total}",
        "    max(days_1) as days, max(adjusted_3) as adjusted, max(score_2) as score, max(due_1) as due,",
        "    max(case when paid and active_1 = 1 then period_1 end) as paid_period, min(note_4) as note",
        "from derived",
        "where recent_1 or active_2 = 1 or band_3 = 'many'",
        "group by region",
        "having count(*) > 1",
        "order by orders desc, region",
        "limit 10",
    ]
