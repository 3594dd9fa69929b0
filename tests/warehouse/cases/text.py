# ruff: noqa: E501
"""Texts, VARBYTE values, hashes and regular expressions."""

from __future__ import annotations

import hashlib
from typing import Any

INT, BIGINT, TEXT, BOOL, BYTES = "integer", "bigint", "character varying", "boolean", "binary varying"
WORDS = "'passwd7 plain A1234 a1234'"
BOTH = "'(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+'"

CASES: dict[str, list[tuple[str, Any, str]]] = {
    "bpcharcmp": [("bpcharcmp('a  ', 'a')", 0, INT), ("bpcharcmp('a', 'b')", -1, INT), ("bpcharcmp('b', 'a')", 1, INT)],
    "bttext_pattern_cmp": [("bttext_pattern_cmp('a', 'b')", -1, INT), ("bttext_pattern_cmp(null, 'b')", None, INT)],
    "char_length": [("char_length('français')", 8, INT)],
    "character_length": [("character_length('cat')", 3, INT)],
    "collate": [
        ("collate('Ab', 'case_sensitive')", "Ab", "character varying"),
        ("collate('Ab', 'cs') = 'ab'", False, "boolean"),
        ("collate('Ab'::varchar(5), 'case_insensitive') = 'aB'", True, "boolean"),
        ("'AB' <> collate('ab'::char(4), 'ci')", False, "boolean"),
        ("collate('Ac', 'ci') = 'ab'", False, "boolean"),
        ("collate(null::varchar, 'ci') = 'ab'", None, "boolean"),
    ],
    "concat": [("concat('61'::varbyte, '62'::varbyte)", b"6162", BYTES), ("concat('é', from_hex('ff'))", "é".encode() + b"\xff", BYTES)],
    "farmfingerprint64": [("farmfingerprint64('Amazon Redshift')", 8085098817162212970, "bigint"), ("farmfingerprint64('Amazon Redshift'::varbyte)", 8085098817162212970, "bigint"), ("farmfingerprint64('')", -7286425919675154353, "bigint"), ("farmfingerprint64('ab')", -6157143815960550114, "bigint"), ("farmfingerprint64('3true')", -4880158226897771312, "bigint"), ("farmfingerprint64('0123456789=012345')", 5091109848033402427, "bigint"), ("farmfingerprint64('Discard medicine more than two years old.')", -1659406352459768539, "bigint"), ("farmfingerprint64('For every action there is an equal and opposite government program.')", 6131703155335668942, "bigint"), ("farmfingerprint64(null::varchar)", None, "bigint")],
    "crc32": [("crc32('Amazon Redshift')", "f2726906", TEXT)],
    "difference": [("difference('Amazon', 'Ama')", 2, INT), ("difference('AC/DC', 'Amazon')", 1, INT)],
    "fnv_hash": [
        ("fnv_hash(1)", -5968735742475085980, BIGINT), ("fnv_hash(1::smallint)", 589727492704079044, BIGINT),
        ("fnv_hash(1::bigint)", -8517097267634966620, BIGINT), ("fnv_hash('Amazon Redshift')", 7783490368944507294, BIGINT),
        ("fnv_hash('cd', fnv_hash('ab')) = fnv_hash('abcd')", True, BOOL), ("fnv_hash(null::varchar)", None, BIGINT),
    ],
    "from_varbyte": [("from_varbyte('ab'::varbyte, 'hex')", "6162", TEXT), ("from_varbyte(from_hex('4d'), 'binary')", "01001101", TEXT), ("from_varbyte('é'::varbyte, 'utf8')", "é", TEXT)],
    "func_sha1": [("func_sha1('Amazon Redshift')", hashlib.sha1(b"Amazon Redshift").hexdigest(), TEXT)],
    "getbit": [("getbit(from_hex('4d'), 2)", 1, INT), ("getbit(from_hex('4d'), 1)", 0, INT)],
    "initcap": [("initcap('hello wORLD-foo')", "Hello World-Foo", TEXT), ("initcap('2eme élan')", "2eme Élan", TEXT)],
    "md5": [("md5('Amazon Redshift')", hashlib.md5(b"Amazon Redshift").hexdigest(), TEXT)],
    "octet_length": [("octet_length('français')", 9, INT), ("octet_length('ab'::char(4))", 4, INT), ("octet_length(null)", None, INT)],
    "octetindex": [("octetindex('q', 'aéq')", 4, INT), ("octetindex('z', 'abc')", 0, INT)],
    "quote_ident": [("quote_ident('MLB')", '"MLB"', TEXT), ("quote_ident('a_1')", "a_1", TEXT), ("quote_ident('select')", '"select"', TEXT), ("quote_ident('a\"b')", '"a""b"', TEXT)],
    "quote_literal": [("quote_literal('it''s')", "'it''s'", TEXT)],
    "regexp_count": [("regexp_count('abcabc', 'a')", 2, INT), ("regexp_count('ABCabc', 'A', 2, 'i')", 1, INT), ("regexp_count('a\\n', 'a$')", 0, INT), ("regexp_count('a$b', 'a[$]b$')", 1, INT)],
    "regexp_instr": [("regexp_instr('me@x.org', '@[^.]*')", 3, INT), ("regexp_instr('the fox', 'FOX', 1, 1, 0, 'i')", 5, INT), ("regexp_instr('aXbX', 'X', 1, 2, 1)", 5, INT), ("regexp_instr('a', 'b')", 0, INT)],
    "regexp_replace": [(f"regexp_replace({WORDS}, {BOTH}, '[hidden]', 1, 'p')", "[hidden] plain A1234 [hidden]", TEXT), ("regexp_replace('me@x.org', '@.*\\\\.(org|gov)$')", "me", TEXT), ("regexp_replace('a1b22', '[[:digit:]]+', '#')", "a#b#", TEXT), ("regexp_replace('aaa', 'a', 'b', 2)", "abb", TEXT), ("regexp_replace('ab\\n', '$', '!')", "ab\n!", TEXT)],
    "regexp_substr": [(f"regexp_substr({WORDS}, {BOTH}, 1, 2, 'ip')", "A1234", TEXT), ("regexp_substr('the fox', 'FOX', 1, 1, 'i')", "fox", TEXT), ("regexp_substr('k=v', '(.)=(.)', 1, 1, 'e')", "k", TEXT), ("regexp_substr('abc', 'z')", "", TEXT), ("regexp_substr('abc', 'a', 1, 0)", None, TEXT)],
    "replicate": [("replicate('ab', 3)", "ababab", TEXT)],
    "reverse": [("reverse('abc'::varbyte)", b"cba", BYTES)],
    "sha": [("sha('a')", hashlib.sha1(b"a").hexdigest(), TEXT)],
    "sha1": [("sha1('a')", hashlib.sha1(b"a").hexdigest(), TEXT), ("sha1(null)", None, TEXT)],
    "sha2": [("sha2('a', 256)", hashlib.sha256(b"a").hexdigest(), TEXT), ("sha2('a', 0)", hashlib.sha256(b"a").hexdigest(), TEXT), ("sha2('é', 224)", hashlib.sha224("é".encode()).hexdigest(), TEXT), ("sha2('a'::varbyte, 384)", hashlib.sha384(b"a").hexdigest(), TEXT), ("sha2('a', 512)", hashlib.sha512(b"a").hexdigest(), TEXT), ("sha2('a', 100)", "", TEXT), ("sha2(null::varchar, 512)", None, TEXT)],
    "soundex": [("soundex('Amazon')", "A525", TEXT), ("soundex('Tymczak')", "T522", TEXT), ("soundex('Ashcraft')", "A261", TEXT), ("soundex('')", "", TEXT)],
    "strtol": [("strtol('0xf', 16)", 15, BIGINT), ("strtol('abcd1234', 16)", 2882343476, BIGINT), ("strtol('1234567', 8)", 342391, BIGINT), ("strtol('-110101', 2)", -53, BIGINT), ("strtol('', 10)", 0, BIGINT), ("strtol('\\0', 2)", 0, BIGINT), ("strtol('\t +Zz', 36)", 1295, BIGINT), ("strtol('0x1', 36)", 1189, BIGINT), ("strtol(null, 2)", None, BIGINT)],
    "substring": [("substring('abc'::varbyte, -3)", b"abc", BYTES), ("substring('abc'::varbyte, 3)", b"c", BYTES), ("substring('abc'::varbyte, 2, 10)", b"bc", BYTES), ("substring('abc'::varbyte, 2, 1)", b"b", BYTES)],
    "textlen": [("textlen('cat ')", 4, INT)],
    "to_hex": [("to_hex(2147676847)", "8002f2af", TEXT), ("to_hex('abc'::varbyte)", "616263", TEXT), ("to_hex(-8)", "fffffff8", TEXT)],
    "to_varbyte": [("to_varbyte('aé', 'utf8')", "aé".encode(), BYTES), ("to_varbyte('6162', 'hex')::varchar", "ab", TEXT), ("to_varbyte('4', 'hex')", b"\x04", BYTES), ("to_varbyte('01001101', 'binary')", b"\x4d", BYTES)],
    "translate": [("translate('mint tea', 'inea', 'osin')", "most tin", TEXT)],
    "varbyte": [
        ("5::smallint::varbyte", b"\0\5", BYTES), ("5::varbyte", b"\0\0\0\5", BYTES), ("(-5)::bigint::varbyte::bigint", -5, BIGINT),
        ("'ab'::char(4)::varbyte", b"ab  ", BYTES), ("'abc'::varbyte(2)", b"ab", BYTES), ("'a'::varbyte || 'b'::varbyte", b"ab", BYTES),
        ("'a'::varbyte + 'b'::varbyte", b"ab", BYTES), ("~'a'::varbyte", b"\x9e", BYTES), ("'a'::varbyte & 'b'::varbyte", b"\x60", BYTES),
        ("'a'::varbyte | 'b'::varbyte", b"\x63", BYTES), ("~''::varbyte", b"", BYTES), ("'a'::varbyte & null::varbyte", None, BYTES),
        ("'ab'::varbyte::varchar(1)", "a", TEXT), ("len('aé'::varbyte)", 3, INT), ("'a'::varbyte < 'b'::varbyte", True, BOOL),
    ],
    "patterns": [
        ("'abc' ~ 'b.'", True, BOOL), ("'abc' !~ '^b'", True, BOOL), ("'ABC' ~* 'b'", True, BOOL), ("'abc' similar to '(a|b)%'", True, BOOL),
        ("'abc' similar to 'b%'", False, BOOL), ("'a.c' similar to 'a.c'", True, BOOL), ("'abc' similar to 'a.c'", False, BOOL),
        ("'abc' not similar to 'a_c'", False, BOOL), ("'a_b' similar to 'a^_b' escape '^'", True, BOOL), ("'axb' not similar to 'a^_b' escape '^'", True, BOOL), ("null ~ 'a'", None, BOOL), ("'aaa' similar to 'a{3}'", True, BOOL),
    ],
}  # fmt: skip
REFUSED = [
    "select strtol('9', 8)", "select strtol('0b1', 2)", "select strtol('1_0', 10)", "select strtol('0x', 16)", "select strtol('1 ', 10)", "select strtol(' ', 10)", "select strtol('1', 40)", "select regexp_count('a', '(')", "select regexp_count('a', 'a', 1, 'x')",
    "select getbit(from_hex('4d'), 8)", "select from_varbyte(from_hex('4d'), 'morse')", "select 'abc'::varbyte::int",
]  # fmt: skip
UNSUPPORTED = [
    "select collate('a', 'ci')", "select collate(s, 'ci') = s from (select 'b'::varchar as s) t", "select 1 group by collate('a', 'ci')",
    "select collate('a', 'ci') < 'b'", "select collate('a', 'ci') in ('b')", "select collate('a', 'ci') = '\u00e4'", "select collate('a', 'de')",
    "select upper(collate('a', 'ci')) = 'A'", "select collate('a', 'ci') like 'b'",
    "select murmur3_32_hash('a')", "select farmfingerprint64(1)", "select regexp_replace('a', '(a)', '$1')", "select md5(1.5)",
    "select 'a' similar to s from (select 'b'::varchar as s) t", "select regexp_count('a', '[[.a.]]')",
]  # fmt: skip
COVERED = {"murmur3_32_hash"}  # refused with a reason
