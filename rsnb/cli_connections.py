"""The commands about connections: `rsnb doctor`, `rsnb profile`, `rsnb iam-policy`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from rsnb.errors import ConfigError


@click.command()
@click.argument("profile", default="")
def doctor(profile: str) -> None:
    """Walk the way to PROFILE (a name, a URL; the default without one) and name the first step that fails."""
    from rsnb.doctor import examine

    report = examine(profile)
    click.echo("\n".join(report.lines()))
    if report.failed:
        raise click.exceptions.Exit(1)


@click.group()
def profile() -> None:
    """Named connections: list, add, remove."""


@profile.command(name="list")
def list_profiles() -> None:
    """List the profiles, what they open, how they sign in and the file they stand in."""
    from rsnb import profile_files
    from rsnb.engines import without_password

    rows = [("name", "url", "identity", "file")]
    for name, keys, file in profile_files.listed():
        url = str(keys.get("url", ""))
        kind = "" if url.startswith("embedded:") else "iam" if url.startswith("data-api:") else "password"
        rows.append((name, without_password(url), str(keys.get("identity") or kind), str(file)))
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows if len(rows) > 1 else []:
        click.echo("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]).rstrip())
    if len(rows) == 1:
        click.echo("there is none yet: rsnb profile add NAME")


@profile.command()
@click.argument("name")
def remove(name: str) -> None:
    """Take the profile NAME out of its file; comments and all else stay."""
    from rsnb import profile_files

    click.echo(f"removed {name} from {profile_files.remove(name)}")


@profile.command()
@click.argument("name")
@click.option("--url", help="redshift://USER@HOST:5439/DATABASE, data-api://NAME/DATABASE or embedded://…")
@click.option("--identity", help="How to sign in: password, secret, iam, okta, …")
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="Another key; a list as KEY=A,B.")
@click.option("--in", "place", type=click.Choice(["project", "home"]), help="rsnb.toml here, or your own file.")
@click.option("--keyring", is_flag=True, help="Ask for the password, and keep it in the system's keyring.")
@click.option("--no-test", is_flag=True, help="Write it without trying it.")
def add(
    name: str,
    url: str | None,
    identity: str | None,
    given: tuple[str, ...],
    place: str | None,
    keyring: bool,
    no_test: bool,
) -> None:
    """Ask for what a connection needs, try it, and write it as the profile NAME.

    What is given as an option is not asked for. No secret is written.
    """
    from rsnb import profile_files, settings

    asks = url is None
    url = url or click.prompt("URL", prompt_suffix=" (redshift://USER@HOST:5439/DATABASE): ")
    keys: dict[str, Any] = {"url": url, **({"identity": identity} if identity else {})}
    keys |= dict(_key(pair) for pair in given)
    if asks and not str(url).startswith("embedded:"):
        _ask(keys)
    if keyring:
        keys["keyring"] = _into_keyring(keys)
    if place is None and asks:
        place = click.prompt("write it to", type=click.Choice(["project", "home"]), default="home")
    file = profile_files.project() if place == "project" else settings.home()
    profile_files.check_new(name, keys, file)
    if not no_test:
        _test(name, keys)
    profile_files.add(name, keys, file)
    click.echo(f"wrote [profiles.{name}] to {file}")


def _ask(keys: dict[str, Any]) -> None:
    """Ask for the identity and the keys that it needs."""
    from rsnb.auth.kinds import KINDS
    from rsnb.profile_keys import KEYS

    if "identity" not in keys:
        for kind, known in KINDS.items():
            click.echo(f"  {kind:<21} {known.help}")
        default = "iam" if str(keys["url"]).startswith("data-api:") else "password"
        keys["identity"] = click.prompt(
            "sign in with", type=click.Choice(list(KINDS)), default=default, show_choices=False
        )
    for key in KINDS[keys["identity"]].needs:
        if key not in keys:
            keys |= [_key(f"{key}={click.prompt(f'{key} ({KEYS[key].help})')}")]


def _key(pair: str) -> tuple[str, Any]:
    """A key and its value, of the kind that the key takes."""
    from rsnb.profile_keys import KEYS, SECRETS

    name, equals, text = pair.partition("=")
    if name in SECRETS:
        raise ConfigError(f"{name} is a secret, and a file is no place for one", hint=SECRETS[name])
    kind = KEYS[name].kind if name in KEYS else "text"
    if not equals:
        raise click.BadParameter(f"{name!r} is not KEY=VALUE")
    if kind == "whole number" and text.isdigit():
        return name, int(text)
    if kind == "true or false" and text in ("true", "false"):
        return name, text == "true"
    return name, [part for part in text.split(",") if part] if kind.startswith("list") else text


def _into_keyring(keys: dict[str, Any]) -> str:
    """Ask for the password and keep it in the keyring; the service that it is kept under."""
    from rsnb.auth import Address
    from rsnb.auth.password import into_keyring

    address = Address.parse(str(keys["url"]))
    user, service = str(keys.get("user") or address.user), f"rsnb {address.host}"
    into_keyring(service, user, click.prompt(f"password of {user}", hide_input=True))
    return service


def _test(name: str, keys: dict[str, Any]) -> None:
    """Try a profile before it is written."""
    from rsnb import settings
    from rsnb.doctor import examine_profile
    from rsnb.profiles import Profile

    config = settings.load()
    others = {key: value for key, value in keys.items() if key != "url"}
    report = examine_profile(Profile(name, keys["url"], config.lake, config.root or Path.cwd(), others), config)
    click.echo("\n".join(report.lines()))
    if report.failed:
        click.echo("nothing was written; --no-test writes it as it is", err=True)
        raise click.exceptions.Exit(1)


@click.command(name="iam-policy")
@click.argument("user", default="")
@click.option("--cluster", default="", help="Name of the cluster.")
@click.option("--workgroup", default="", help="Id of the workgroup, as its ARN ends; * for any.")
@click.option("--region", default="*", help="AWS region.")
@click.option("--account", default="*", help="AWS account of the warehouse.")
@click.option("--partition", default="aws", help="aws, aws-cn or aws-us-gov.")
@click.option("--database", default="*", help="Name of the database.")
@click.option("--db-user", default="", help="Database user to sign in as; without one it is the IAM identity's.")
@click.option("--db-group", "db_groups", multiple=True, help="A group that the user may join at login.")
@click.option("--auto-create", is_flag=True, help="Let the login create the database user.")
@click.option("--secret", default="", help="ARN of the secret to sign in with.")
@click.option("--bucket", default="", help="Bucket of the lake.")
@click.option("--prefix", default="", help="Prefix in the bucket.")
@click.option("--key", default="", help="ARN of the key of KMS that encrypts the bucket.")
@click.option("--role", default="", help="ARN of the role that SageMaker's jobs take.")
@click.option("--cross-account", "lake_account", default="", metavar="ACCOUNT", help="Policies for a lake in ACCOUNT.")
@click.option("--writes", is_flag=True, help="With --cross-account: UNLOAD writes there.")
@click.option("--glue", default="", metavar="DATABASE", help="With --cross-account: its Glue catalog is read too.")
def iam_policy(user: str, lake_account: str, writes: bool, glue: str, **scope: Any) -> None:
    """Print the least IAM policy for a USER of rsnb: viewer, operator, analyst, loader or trainer.

    What may be left out is left open as *, and is named. The SQL that an administrator runs goes to standard error.
    """
    from rsnb import policies

    if lake_account:
        made, notes = _cross_account(lake_account, writes, glue, scope)
    else:
        of = policies.Scope(**scope)
        made = policies.policy(user, of)
        notes = [f"in the warehouse: {sql};" for sql in policies.USERS[user].sql]
        notes += [f"left open as *: {', '.join(of.open)}"] if of.open else []
    click.echo(json.dumps(made, indent=2))
    for note in notes:
        click.echo(note, err=True)


def _cross_account(
    lake_account: str, writes: bool, glue: str, scope: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    from rsnb.policies import Lake, cross_account

    for option in ("account", "bucket"):
        if scope[option] in ("", "*"):
            raise ConfigError(f"--cross-account needs the {option}", hint=f"--{option}")
    names = ("account", "bucket", "prefix", "key", "region", "partition")
    lake = Lake(lake_account=lake_account, writes=writes, glue=glue, **{name: scope[name] for name in names})
    return cross_account(lake), [f"in the warehouse: iam_role '{lake.chain}'"]


COMMANDS = (doctor, iam_policy, profile)
