"""A PostgreSQL cluster of our own for benchmarks and tests: made in a new folder, then gone."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Iterator

_BINARIES = Path("/usr/lib/postgresql")
WITH_POSTGIS = "with_postgis"
_SERVER_USER = "postgres"


def server_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that has PostGIS; None where there is none."""
    for folder in sorted(_BINARIES.glob("*/bin"), reverse=True):
        control = Path("/usr/share/postgresql", folder.parent.name, "extension", "postgis.control")
        if (folder / "initdb").exists() and control.exists():
            return folder
    return None


@dataclass(frozen=True)
class Cluster:
    """A running server; everything in it is ours."""

    port: int
    folder: Path

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of one of its databases."""
        return f"postgresql://yizhan:secret-word@127.0.0.1:{self.port}/{database}"

    def new_database(self, name: str, *, template: str = WITH_POSTGIS) -> str:
        """Make a database as a copy of another and return its DATABASE_URL."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE {template}')
        return self.url(name)

    def new_schema(self, name: str) -> str:
        """Make a schema in the database that has PostGIS and return the DATABASE_URL of it."""
        self.run(f'CREATE SCHEMA "{name}"', database=WITH_POSTGIS)
        return f"{self.url(WITH_POSTGIS)}?options=-csearch_path%3D{name},public"

    def run(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement outside a transaction."""
        url = sa.make_url(self.url(database)).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@contextlib.contextmanager
def running_cluster(binaries: Path, *, durable: bool = False) -> Iterator[Cluster]:
    """Make a cluster on a free port, and stop and remove it at the end.

    A server refuses to run as root, so then it runs as the user postgres. Without ``durable`` it
    does not wait for the disk: tests look at what is right, not at what survives a power cut.
    """
    folder = Path(tempfile.mkdtemp(prefix="yizhan-pg-"))
    own: dict[str, Any] = {"cwd": "/", "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:
        user = pwd.getpwnam(_SERVER_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
        own |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    port = _free_port()
    settings = [
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}",
        "-c max_connections=50 -c shared_buffers=64MB -c autovacuum=on",
        "" if durable else "-c fsync=off -c synchronous_commit=off -c full_page_writes=off",
    ]
    start = [f"--pgdata={folder}/data", f"--log={folder}/log", "--wait", "--silent"]
    try:
        password = folder / "password"
        password.write_text("secret-word")
        password.chmod(0o644)
        subprocess.run(
            [
                *(binaries / "initdb", f"--pgdata={folder}/data", "--encoding=UTF8"),
                *("--locale=C.UTF-8", "--username=yizhan", "--no-sync", "--no-instructions"),
                *("--auth=scram-sha-256", f"--pwfile={password}"),
            ],
            check=True,
            **own,
        )
        subprocess.run(
            [binaries / "pg_ctl", *start, f"--options={' '.join(settings)}", "start"],
            check=True,
            **own,
        )
        cluster = Cluster(port, folder)
        cluster.run(f"CREATE DATABASE {WITH_POSTGIS}")
        for extension in ("postgis", "pg_trgm"):
            cluster.run(f"CREATE EXTENSION {extension}", database=WITH_POSTGIS)
        yield cluster
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            stop = ["--mode=immediate", "stop", "--silent"]
            subprocess.run(
                [binaries / "pg_ctl", f"--pgdata={folder}/data", *stop], check=False, **own
            )
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
