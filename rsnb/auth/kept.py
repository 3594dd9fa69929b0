"""Credentials that had to be asked for are kept in memory while they are good: several sessions ask for them once."""

from __future__ import annotations

import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from rsnb.auth import redaction
from rsnb.auth.address import Address
from rsnb.auth.identity import Credentials

_kept: dict[Hashable, Credentials] = {}
_locks: dict[Hashable, threading.Lock] = {}


def key_of(address: Address, keys: Mapping[str, Any]) -> Hashable:
    """What credentials are kept by: the warehouse, the profile's keys, and whose environment it is."""
    environment = tuple(os.environ.get(name, "") for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID"))
    return str(address), address.user, json.dumps(keys, sort_keys=True, default=str), environment


def fresh(key: Hashable, fetch: Callable[[], Credentials]) -> Credentials:
    """The credentials that were got for this key, when they are still good; else those that `fetch` gets."""
    with _lock(key):
        found = _kept.get(key)
        if found is None or not found.fresh:
            found = fetch()
            redaction.hide(*found.secrets())
            _kept[key] = found
        return found


def forget(key: Hashable, refused: Credentials | None) -> None:
    """Drop the credentials that were refused; others that came since are kept."""
    with _lock(key):
        if _kept.get(key) == refused:
            _kept.pop(key, None)


class Kept(ABC):
    """An identity whose credentials are kept under a key; `_get` asks for them anew."""

    def __init__(self, key: Hashable) -> None:
        self._key = key
        self._last: Credentials | None = None

    def credentials(self) -> Credentials:
        """Credentials that are good, got again before they expire."""
        self._last = fresh(self._key, self._get)
        return self._last

    def renew(self) -> bool:
        """Get others than those that were refused; whether there are others."""
        refused = self._last
        forget(self._key, refused)
        return refused is not None and self.credentials() != refused

    @abstractmethod
    def _get(self) -> Credentials:
        """Ask for them; AuthError says why there are none."""


def _lock(key: Hashable) -> threading.Lock:
    return _locks.setdefault(key, threading.Lock())
