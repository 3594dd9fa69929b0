"""A PostgreSQL server of this test run: in a temporary folder, on loopback, as a user that is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PASSWORD = "pla:nted/w'o\"rd#1"  # no log and no error may show it
USERS = {"scram": "scram-sha-256", "md5user": "md5", "open": "trust"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
SETUP = f"""
create role scram login superuser password $${PASSWORD}$$;
set password_encryption = md5;
create role md5user login password $${PASSWORD}$$;
create role open login;
grant create, usage on schema public to public;
create function no_cancel_backend(int) returns bool language sql as 'select true';
create function no_terminate_backend(int) returns bool language sql as 'select true';
"""


class Absent(Exception):
    """There is no PostgreSQL on this machine; says where it was looked for."""


class Server:
    """A running server; `close` ends it and removes its folder."""

    def __init__(self) -> None:
        self._bin = programs()
        self._user = unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="rsnb-postgres-", dir="/tmp"))
        self.port = free_port()
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", str(self.folder / "data"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
                  "--locale", "C.UTF-8")  # fmt: skip
        self._admit()
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self.folder / "data"), f"-p{self.port}", *options],
                stdout=log, stderr=log, user=self._user, cwd=self.folder,
            )  # fmt: skip
        self._wait()
        self.psql(SETUP)

    def psql(self, sql: str, database: str = "postgres", user: str = "postgres") -> str:
        """Run statements with psql, past every proxy and driver; what it prints, bare."""
        address = f"host=127.0.0.1 port={self.port} dbname={database} user={user}"
        ran = subprocess.run(
            [self._bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", address, "-f", "-"],
            input=sql, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        return ran.stdout.removesuffix("\n")

    def close(self) -> None:
        """Shut down."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments], check=True, capture_output=True, user=self._user, cwd=self.folder
        )

    def _admit(self) -> None:
        """Each user signs in by its own method."""
        lines = [f"host all {user} 127.0.0.1/32 {method}" for user, method in USERS.items()]
        lines.append("host all postgres 127.0.0.1/32 trust")
        (self.folder / "data" / "pg_hba.conf").write_text("\n".join(lines) + "\n")

    def _wait(self) -> None:
        for _ in range(300):
            try:
                self.psql("select 1")
            except RuntimeError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text())


def programs() -> Path:
    """The folder of PostgreSQL's programs."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    for folder in reversed(folders):
        if all((folder / name).exists() for name in ("postgres", "initdb")) and shutil.which("psql"):
            return folder
    raise Absent("PostgreSQL is not installed: run tests/install as root, or install the package `postgresql`")


def unprivileged() -> str | None:
    """The user that the server runs as: another one when this is root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
