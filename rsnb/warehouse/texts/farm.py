"""FarmHash's Fingerprint64, which FARMFINGERPRINT64 is.

Source: the algorithm "farmhashna" of Google's FarmHash; Redshift Developer Guide, FARMFINGERPRINT64.
"""

from __future__ import annotations

_MASK = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def fingerprint(data: bytes) -> int:
    """The 64 bits of a text's bytes as a signed number."""
    size = len(data)
    if size <= 16:
        found = _short(data)
    elif size <= 32:
        found = _medium(data)
    elif size <= 64:
        found = _long(data)
    else:
        found = _of_blocks(data)
    return found - (found >> 63 << 64)


def _word(data: bytes, at: int) -> int:
    """Eight bytes; an index below 0 counts from the end."""
    at = at if at >= 0 else len(data) + at
    return int.from_bytes(data[at : at + 8], "little")


def _half(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _turned(value: int, by: int) -> int:
    """A word turned to the right."""
    value &= _MASK
    return (value >> by | value << 64 - by) & _MASK


def _mixed(value: int) -> int:
    value &= _MASK
    return value ^ value >> 47


def _of_two(one: int, other: int, factor: int) -> int:
    first = _mixed(((one ^ other) & _MASK) * factor)
    second = _mixed((other ^ first) * factor)
    return second * factor & _MASK


def _short(data: bytes) -> int:
    """Up to 16 bytes."""
    size = len(data)
    factor = (_K2 + size * 2) & _MASK
    if size >= 8:
        first, second = (_word(data, 0) + _K2) & _MASK, _word(data, -8)
        one = (_turned(second, 37) * factor + first) & _MASK
        other = (_turned(first, 25) + second) * factor & _MASK
        return _of_two(one, other, factor)
    if size >= 4:
        return _of_two(size + (_half(data, 0) << 3), _half(data, size - 4), factor)
    if size:
        one = data[0] + (data[size >> 1] << 8)
        other = size + (data[-1] << 2)
        return _mixed(one * _K2 ^ other * _K0) * _K2 & _MASK
    return _K2


def _medium(data: bytes) -> int:
    """17 to 32 bytes."""
    factor = (_K2 + len(data) * 2) & _MASK
    a, b = _word(data, 0) * _K1 & _MASK, _word(data, 8)
    c, d = _word(data, -8) * factor & _MASK, _word(data, -16) * _K2 & _MASK
    one = (_turned(a + b, 43) + _turned(c, 30) + d) & _MASK
    return _of_two(one, (a + _turned(b + _K2, 18) + c) & _MASK, factor)


def _long(data: bytes) -> int:
    """33 to 64 bytes."""
    factor = (_K2 + len(data) * 2) & _MASK
    a, b = _word(data, 0) * _K2 & _MASK, _word(data, 8)
    c, d = _word(data, -8) * factor & _MASK, _word(data, -16) * _K2 & _MASK
    y = (_turned(a + b, 43) + _turned(c, 30) + d) & _MASK
    z = _of_two(y, (a + _turned(b + _K2, 18) + c) & _MASK, factor)
    e, f = _word(data, 16) * factor & _MASK, _word(data, 24)
    g = (y + _word(data, -32)) * factor & _MASK
    h = (z + _word(data, -24)) * factor & _MASK
    return _of_two((_turned(e + f, 43) + _turned(g, 30) + h) & _MASK, (e + _turned(f + a, 18) + g) & _MASK, factor)


def _of_32(data: bytes, at: int, one: int, other: int) -> tuple[int, int]:
    """Two words of 32 bytes and of two seeds."""
    w, x, y, z = (_word(data, at + step) for step in (0, 8, 16, 24))
    one += w
    other = _turned(other + one + z, 21)
    before = one
    one += x + y
    return (one + z) & _MASK, (other + _turned(one, 44) + before) & _MASK


def _of_blocks(data: bytes) -> int:
    """More than 64 bytes: in blocks of 64, and the last 64 once more."""
    x, y = 81, 81 * _K1 + 113 & _MASK
    z = _mixed(y * _K2 + 113) * _K2 & _MASK
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + _word(data, 0)) & _MASK
    end = (len(data) - 1) // 64 * 64
    rest = (len(data) - 1) & 63
    for at in range(0, end, 64):
        x, y, z, v, w = _round(data, at, x, y, z, v, w, _K1, 1)
    factor = (_K1 + ((z & 0xFF) << 1)) & _MASK
    w = ((w[0] + rest) & _MASK, w[1])
    v = ((v[0] + w[0]) & _MASK, v[1])
    w = ((w[0] + v[0]) & _MASK, w[1])
    x, y, z, v, w = _round(data, end + rest - 63, x, y, z, v, w, factor, 9)
    one = (_of_two(v[0], w[0], factor) + _mixed(y) * _K0 + z) & _MASK
    return _of_two(one, (_of_two(v[1], w[1], factor) + x) & _MASK, factor)


def _round(
    data: bytes, at: int, x: int, y: int, z: int, v: tuple[int, int], w: tuple[int, int], factor: int, weight: int
) -> tuple[int, int, int, tuple[int, int], tuple[int, int]]:
    """One block of 64 bytes."""
    x = _turned(x + y + v[0] + _word(data, at + 8), 37) * factor & _MASK
    y = _turned(y + v[1] + _word(data, at + 48), 42) * factor & _MASK
    x ^= w[1] * weight & _MASK
    y = (y + v[0] * weight + _word(data, at + 40)) & _MASK
    z = _turned(z + w[0], 33) * factor & _MASK
    v = _of_32(data, at, v[1] * factor, x + w[0])
    w = _of_32(data, at + 32, z + w[1], y + _word(data, at + 16))
    return z, y, x, v, w
