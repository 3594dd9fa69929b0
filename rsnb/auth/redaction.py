"""Secrets stay out of what is written down: logs of the libraries that handle them, and texts of errors.

boto3, the driver and their HTTP libraries write whole requests and answers at DEBUG. From the first sign-in on, a log
record of theirs that carries a secret is withheld, whatever handler would have written it.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any
from urllib.parse import quote, quote_plus

HANDLERS_OF_SECRETS = ("boto3", "botocore", "keyring", "redshift_connector", "requests", "s3transfer", "urllib3")
WITHHELD = "(withheld: it carries a secret)"
SHORT = 8  # a secret of fewer letters stands inside other words, where it is not one

_CARRIES = re.compile(  # names of fields that hold secrets, as requests and answers spell them
    r"SecretString|SecretBinary|DbPassword|SecretAccessKey|secret_key|SessionToken|security-token|AccessToken"
    r"|client_?secret|SAMLAssertion|SAMLResponse|WebIdentityToken|onetimetoken|[?&](code|token)=|\"?token\"?:|password=",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(
    r"([?&](?:onetimetoken|code|token|client_secret|password|SAMLResponse)=)[^&\s'\"]+", re.IGNORECASE
)
_secrets: dict[str, re.Pattern[str]] = {}
_installed = False


def hide(*secrets: str) -> None:
    """From now on these texts are left out of logs and errors."""
    _install()
    for secret in filter(None, secrets):
        for form in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]):
            _secrets.setdefault(form, _pattern(form))


def clean(text: str) -> str:
    """A text without the secrets that were hidden."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = _secrets[secret].sub("…", text)
    return _IN_QUERY.sub(r"\1…", text)


def _pattern(secret: str) -> re.Pattern[str]:
    text = re.escape(secret)
    return re.compile(text if len(secret) >= SHORT else rf"(?<!\w){text}(?!\w)")


def clean_error(error: BaseException) -> None:
    """Take the hidden secrets out of an error's message and of those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.args = tuple(_clean_argument(argument) for argument in error.args)
        if hasattr(error, "message") and isinstance(error.message, str):
            error.message = clean(error.message)
        error = error.__cause__ or error.__context__  # type: ignore[assignment]


def _clean_argument(argument: Any) -> Any:
    if isinstance(argument, BaseException):
        clean_error(argument)
        return argument
    text = str(argument)
    cleaned = clean(text)
    return argument if cleaned == text else cleaned


def _install() -> None:
    """Put a filter between those libraries and every handler, once: it makes their records."""
    global _installed
    if _installed:
        return
    _installed = True
    make = logging.getLogRecordFactory()

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = make(*args, **kwargs)
        if made.name.partition(".")[0] in HANDLERS_OF_SECRETS:
            text = made.getMessage()
            if _CARRIES.search(text) or clean(text) != text:
                made.msg, made.args = WITHHELD, ()
            made.exc_info = None if made.exc_info and _carried(made.exc_info[1]) else made.exc_info
        return made

    logging.setLogRecordFactory(record)


def _carried(error: BaseException | None) -> bool:
    return error is not None and (clean(str(error)) != str(error) or bool(_CARRIES.search(str(error))))
