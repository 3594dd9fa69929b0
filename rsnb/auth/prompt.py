"""Asking for a password: at a terminal without echo, in a notebook by its own input field."""

from __future__ import annotations

import getpass
import sys

from rsnb.errors import AuthError, Cancelled


def hidden(question: str) -> str:
    """What the user types, unseen; AuthError where nobody can be asked."""
    in_notebook = getpass.getpass.__module__ != "getpass"  # a kernel puts its own in this place
    if not in_notebook and not (sys.stdin and sys.stdin.isatty()):
        raise AuthError(f"nobody can be asked for {question}: there is no terminal", hint=_ELSEWHERE)
    try:
        return getpass.getpass(f"{question}: ")
    except KeyboardInterrupt:
        raise Cancelled(f"{question} was not given") from None
    except Exception as exc:  # a kernel without a reader raises its own kind
        raise AuthError(f"nobody can be asked for {question}: {exc}", hint=_ELSEWHERE) from None


_ELSEWHERE = "set REDSHIFT_PASSWORD, or name a place in the profile: password_env, keyring or secret"
