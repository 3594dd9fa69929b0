# ruff: noqa: E501
"""JSON texts and SUPER values."""

from __future__ import annotations

from typing import Any

INT, BIGINT, TEXT, BOOL, BYTES = "integer", "bigint", "character varying", "boolean", "binary varying"
NESTED = """'{"f2":{"f3":1},"f4":[7,"x",null],"f5":true}'"""


def _is(name: str, *pairs: tuple[str, bool]) -> list[tuple[str, Any, str]]:
    return [(f"{name}({value})", answer, BOOL) for value, answer in pairs]


CASES: dict[str, list[tuple[str, Any, str]]] = {
    "array": [("array(1, 'a', null, true, 1.5)", '[1,"a",null,true,1.5]', TEXT), ("array()", "[]", TEXT)],
    "array_concat": [("array_concat(array(1, 2), array('x'))", '[1,2,"x"]', TEXT), ("array_concat(array(1), json_parse('2'))", None, TEXT)],
    "array_contains": [("array_contains(array('red', null), null)", True, BOOL), ("array_contains(array(1, 2.0), 2)", True, BOOL), ("array_contains(array('red', null), 'blue')", False, BOOL), ("array_contains(array('red', null), 'blue', false)", None, BOOL), ("array_contains(array('red'), null, false)", None, BOOL), ("array_contains(array('red', null), 'red', false)", True, BOOL), ("array_contains(null::super, 1)", None, BOOL)],
    "array_distinct": [("array_distinct(array(1, 1, 'a', 'a', null, null))", '[1,"a",null]', TEXT), ("array_distinct(array())", "[]", TEXT)],
    "array_except": [("array_except(array('a','b','c'), array('b','c','d'))", '["a"]', TEXT), ("array_except(array('b','b','b','b'), array('b','b'))", '["b","b"]', TEXT), ("array_except(array('a','b','b'), array('b'), true)", '["a"]', TEXT), ("array_except(array('a',null), array(null))", '["a"]', TEXT)],
    "array_flatten": [("array_flatten(array(1, array(2, array(3, array()))))", "[1,2,3]", TEXT), ("array_flatten(json_parse('[[{\"a\":[[1]]},\"x,[y]\"],[]]'))", '[{"a":[[1]]},"x,[y]"]', TEXT), ("array_flatten(json_parse('{}'))", None, TEXT)],
    "array_intersection": [("array_intersection(array('a','b','c'), array('b','c','d'))", '["b","c"]', TEXT), ("array_intersection(array('a','b','b'), array('b','b','b'))", '["b","b"]', TEXT), ("array_intersection(array('a','b','b'), array('b','b','b'), true)", '["b"]', TEXT), ("array_intersection(array('a',null), array('b',null))", "[null]", TEXT)],
    "array_position": [("array_position(array('red', 'green', 'red'), 'red')", 0, INT), ("array_position(array(1, 2, 3), 4)", -1, INT), ("array_position(array('red', null), null)", 1, INT), ("array_position(array('red', null), 'x', false)", None, INT)],
    "array_positions": [("array_positions(array('red', 'green', 'red'), 'red')", "[0,2]", TEXT), ("array_positions(array(1, 2, 3), 4)", "[]", TEXT), ("array_positions(array('red', null, 'green', null), null)", "[1,3]", TEXT), ("array_positions(array(object('a', 1, 'b', 2)), object('b', 2, 'a', 1))", "[0]", TEXT)],
    "array_sort": [("array_sort(array('b', 'a', 0, null, 1, false))", '[false,0,1,"a","b",null]', TEXT), ("array_sort(array('b', 'a', 0, null, 1, false), false)", '[null,"b","a",1,0,false]', TEXT), ("array_sort(array('b', 'a', 0, null, 1, false), false, false)", '["b","a",1,0,false,null]', TEXT), ("array_sort(array(10, 9.5, array(1), object(), -1), true, true)", "[-1,9.5,10,[1],{}]", TEXT)],
    "array_union": [("array_union(array('a','b','b'), array('b','c','c'))", '["a","b","c"]', TEXT), ("array_union(array('b','a','b'), array(null,'b',null))", '["b","a",null]', TEXT)],
    "arrays_overlap": [("arrays_overlap(array('blue', 'green'), array('red', 'green'))", True, BOOL), ("arrays_overlap(array('red', null, 'blue'), array('green', null))", True, BOOL), ("arrays_overlap(array('red', null, 'blue'), array('green'))", False, BOOL)],
    "can_json_parse": [("can_json_parse('[1]')", True, BOOL), ("can_json_parse('[1,]')", False, BOOL), ("can_json_parse('NaN')", False, BOOL)],
    "decimal_precision": [("decimal_precision(3.14159::super)", 6, INT), ("decimal_precision('x'::super)", None, INT)],
    "decimal_scale": [("decimal_scale(3.14159::super)", 5, INT), ("decimal_scale(7::super)", 0, INT)],
    "get_array_length": [("get_array_length(array(1, 2))", 2, INT), ("get_array_length(object())", None, INT)],
    "get_number_attributes": [("get_number_attributes(json_parse('{\"a\": 1, \"b\": {\"c\": 3}}'))", 2, INT), ("get_number_attributes(object())", 0, INT)],
    "is_array": _is("is_array", ("array()", True), ("object()", False), ("null::super", False)),
    "is_bigint": _is("is_bigint", ("9223372036854775807::super", True), ("1.5::super", False), ("'1'::super", False)),
    "is_boolean": _is("is_boolean", ("true::super", True), ("1::super", False)),
    "is_char": _is("is_char", ("'a'::super", True), ("1::super", False)),
    "is_decimal": _is("is_decimal", ("1.5::super", True), ("1.5::float8::super", False)),
    "is_float": _is("is_float", ("2.22::float8::super", True), ("2.22::super", False)),
    "is_integer": _is("is_integer", ("2147483647::super", True), ("2147483648::super", False), ("1.5::super", False)),
    "is_object": _is("is_object", ("object()", True), ("array()", False)),
    "is_scalar": _is("is_scalar", ("1::super", True), ("array()", False), ("null::super", False)),
    "is_smallint": _is("is_smallint", ("5::super", True), ("40000::super", False)),
    "is_valid_json": [("is_valid_json('{\"a\":2}')", True, BOOL), ("is_valid_json('[1]')", False, BOOL), ("is_valid_json('{1:2}')", False, BOOL), ("is_valid_json('{\"a\":\",}\"}')", True, BOOL)],
    "is_valid_json_array": [("is_valid_json_array('[\"a\",[1,null]]')", True, BOOL), ("is_valid_json_array('[1,2,]')", False, BOOL), ("is_valid_json_array('{}')", False, BOOL)],
    "is_varchar": _is("is_varchar", ("'abc'::super", True), ("5::super", False)),
    "json_array_length": [("json_array_length('[11,{\"f\":[1,2]},14]')", 2 + 1, INT), ("json_array_length('[1', true)", None, INT)],
    "json_extract_array_element_text": [("json_extract_array_element_text('[111,\"x\",[1]]', 1)", "x", TEXT), ("json_extract_array_element_text('[1.50]', 0)", "1.50", TEXT), ("json_extract_array_element_text('[111]', 2)", None, TEXT), ("json_extract_array_element_text('[1,[2]]', 1)", "[2]", TEXT), ("json_extract_array_element_text('[1', 0, true)", None, TEXT)],
    "json_extract_path_text": [(f"json_extract_path_text({NESTED}, 'f2', 'f3')", "1", TEXT), (f"json_extract_path_text({NESTED}, 'f4', '1')", "x", TEXT), (f"json_extract_path_text({NESTED}, 'f9')", None, TEXT), (f"json_extract_path_text({NESTED}, 'f5')", "true", TEXT), ("json_extract_path_text('{\"a\":123456789.123456789123}', 'a')", "123456789.123456789123", TEXT), ("json_extract_path_text('{\"a\":[{\"b\": 1.50, \"c\": \"é 2.0\"}, 1e2, null, true]}', 'a')", '[{"b":1.50,"c":"é 2.0"},1e2,null,true]', TEXT), ("json_extract_path_text('{\"a\":[1,2.50]}', 'a', '1')", "2.50", TEXT), ("json_extract_path_text('{', 'a', true)", None, TEXT), ("json_extract_path_text('{\"a b\":{\"c\":1}}', 'a b')", '{"c":1}', TEXT)],
    "json_parse": [("""json_parse('[{"a":1},{"a":{"a":2}}]')""", '[{"a":1},{"a":{"a":2}}]', TEXT), ("json_parse('{\"a\": [1, \"b\"]}')", '{"a":[1,"b"]}', TEXT), ("json_parse('null') is null", True, BOOL), ("json_parse('\"x\"')", '"x"', TEXT)],
    "json_serialize": [("json_serialize(array(1, 'a'))", '[1,"a"]', TEXT)],
    "json_serialize_to_varbyte": [("json_serialize_to_varbyte(array(1))", b"[1]", BYTES)],
    "json_size": [("json_size(json_parse('[10001,10002,\"⬤\"]'))", 19, BIGINT)],
    "json_typeof": [("json_typeof(array())", "array", TEXT), ("json_typeof(1::super)", "number", TEXT), ("json_typeof('a'::super)", "string", TEXT), ("json_typeof(object())", "object", TEXT), ("json_typeof(true::super)", "boolean", TEXT)],
    "lower_attribute_names": [("lower_attribute_names(json_parse('[{\"Sub\":{\"C\":\"c:C\"},\"A\":[{\"D\":1.5},\"e\"]}]'))", '[{"sub":{"c":"c:C"},"a":[{"d":1.5},"e"]}]', TEXT), ("lower_attribute_names('A'::super)", '"A"', TEXT), ("lower_attribute_names(null::super)", None, TEXT)],
    "object": [("object('a', 1, 'b', array(2, 'x'))", '{"a":1,"b":[2,"x"]}', TEXT), ("object()", "{}", TEXT), ("object('a', null)", '{"a":null}', TEXT)],
    "split_to_array": [("split_to_array('12|345', '|')", '["12","345"]', TEXT), ("split_to_array('a,b')", '["a","b"]', TEXT)],
    "upper_attribute_names": [("upper_attribute_names(json_parse('{\"aé\":{\"ß\":1}}'))", '{"AÉ":{"ß":1}}', TEXT)],
    "subarray": [("subarray(array('a', 'b', 'c', 'd'), 1, 2)", '["b","c"]', TEXT), ("subarray(array(1, 2, 3), 1)", "[2,3]", TEXT)],
}  # fmt: skip

REFUSED = [
    "select json_parse('[1,2,]')", "select json_parse('{a:1}')", "select json_array_length('[1')", "select object('a')",
    "select '2019-09-09'::date::super", """select lower_attribute_names(json_parse('{"A":1,"a":2}'))""", "select json_extract_array_element_text('{}', 0)", """select json_parse('{"a":{"b":1,"b" : 2}}')""",
]  # fmt: skip
UNSUPPORTED = [
    "select array(1.5::float8)", "select upper(json_parse('\"a\"'))", "select json_parse('[1e5]')",
    "select json_parse('[0.12345678901234567]')", "select max(json_parse('\"a\"'))",
    "select o from (select object('a', 1) as v) t, t.v o", "select array_distinct(array(1, 1.0))",
    "select array_sort(array('AWS', 'Amazon'))", "select array_sort(array(array(1), array(2)))", "select array_union('x'::super, array())",
    "select array_contains(object(), 1)", "select get_number_attributes(array())", "set default_array_search_null_handling to false",
]  # fmt: skip
