"""Who runs a statement, for the warehouse's own log: notebook, cell and user, as a SQL comment and a query group."""

from __future__ import annotations

import getpass
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import PurePath

from rsnb.literals import quote_literal

GROUP_MAX = 320  # characters of a query group


@dataclass(frozen=True)
class Tag:
    """Who runs something: the notebook or script, the cell's number, the user of this machine."""

    notebook: str = ""
    cell: str = ""
    user: str = ""

    @property
    def comment(self) -> str:
        """A SQL comment that holds it as JSON; nothing in it can end the comment, or begin another."""
        known = {name: value for name, value in asdict(self).items() if value}
        text = json.dumps({"app": "rsnb", **known})
        return f"/* {text.replace('*/', '* /').replace('/*', '/ *')} */"

    @property
    def group(self) -> str:
        """The statement that puts what the session runs into a query group of the notebook's name."""
        name = " ".join(filter(None, ["rsnb", self.notebook]))
        return f"set query_group to {quote_literal(name[:GROUP_MAX])}"


def here() -> Tag:
    """The notebook or script that this process runs, and its user."""
    place = os.environ.get("JPY_SESSION_NAME") or (sys.argv[0] if sys.argv and sys.argv[0] != "-c" else "")
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""  # a container's user may have no name
    return Tag(PurePath(place).name.replace("\0", ""), "", user)
