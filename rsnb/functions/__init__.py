"""Libraries of scalar functions, as CREATE FUNCTION scripts that Redshift and the embedded warehouse run."""

from __future__ import annotations

import pkgutil

from rsnb.errors import ConfigError, similar

# library: what it is for, and the function (module:name) that gives its script
LIBRARIES: dict[str, tuple[str, str]] = {
    "utm": ("latitude and longitude to UTM zone, easting and northing", "rsnb.functions.utm:script"),
}


def names() -> list[str]:
    """The libraries that there are, sorted."""
    return sorted(LIBRARIES)


def sql(name: str) -> str:
    """The CREATE FUNCTION script of a library: statements that each end in `;`, helper functions first.

    Raises ConfigError for a name that is not a library.
    """
    if name not in LIBRARIES:
        raise ConfigError(f"there is no function library {name!r}", hint=similar(name, LIBRARIES))
    _, place = LIBRARIES[name]
    script: str = pkgutil.resolve_name(place)()
    return script
