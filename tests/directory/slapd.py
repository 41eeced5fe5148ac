"""OpenLDAP's own server on the loopback, where the machine has one: Debian's package `slapd`."""

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import free_port

SLAPD = shutil.which("slapd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
MODULES, SCHEMA = Path("/usr/lib/ldap"), Path("/etc/ldap/schema")
ROOT = "dc=hospital,dc=example"
BASE = f"ou=people,{ROOT}"
READER, READER_PASSWORD = f"cn=portal,{ROOT}", "reader-password"
MANAGER, MANAGER_PASSWORD = f"cn=manager,{ROOT}", "manager-password"
CONF = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/slapd.pid
{tls}
database mdb
suffix "{root}"
rootdn "{manager}"
rootpw {manager_password}
directory {folder}/data
index uid,entryUUID eq
overlay ppolicy
ppolicy_default "cn=default,ou=policies,{root}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""
TLS = """
TLSCACertificateFile {cert}
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
security simple_bind=128
"""
LDIF = """
dn: {root}
objectClass: dcObject
objectClass: organization
dc: hospital
o: Hospital

dn: ou=people,{root}
objectClass: organizationalUnit
ou: people

dn: ou=visiting,ou=people,{root}
objectClass: organizationalUnit
ou: visiting

dn: ou=policies,{root}
objectClass: organizationalUnit
ou: policies

dn: cn=default,ou=policies,{root}
objectClass: pwdPolicy
objectClass: device
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 3
pwdLockoutDuration: 600

dn: {reader}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: portal
userPassword: {reader_password}
"""


def person(name: str, password: str, *, under: str = BASE, cn: str = "") -> str:
    """LDIF of one entry; the server gives it its entryUUID."""
    cn = cn or name

    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    return (
        f"\ndn: uid={name},{under}\nobjectClass: inetOrgPerson\nuid: {name}\n"
        f"cn:: {encoded(cn)}\nsn:: {encoded(cn)}\nuserPassword:: {encoded(password)}\n"
    )


@dataclass
class Slapd:
    """A running server; `url` is what MSW_LDAP_URL would say."""

    port: int
    process: subprocess.Popen
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"ldap://{self.host}:{self.port}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextlib.contextmanager
def running(folder: Path, people: str, *, tls: tuple[str, str] | None = None) -> Iterator[Slapd]:
    """A directory of these people (LDIF); with `tls` (certificate, key) nobody binds without it."""
    (folder / "data").mkdir()
    given = {
        "folder": folder,
        "root": ROOT,
        "schema": SCHEMA,
        "modules": MODULES,
        "reader": READER,
        "reader_password": READER_PASSWORD,
        "manager": MANAGER,
        "manager_password": MANAGER_PASSWORD,
    }
    secured = TLS.format(cert=tls[0], key=tls[1]) if tls else ""
    conf, ldif = folder / "slapd.conf", folder / "people.ldif"
    conf.write_text(CONF.format(**given, tls=secured))
    ldif.write_text(LDIF.format(**given).lstrip() + people)
    add = [str(SLAPD), "-T", "add", "-f", str(conf), "-l", str(ldif)]
    subprocess.run(add, check=True, capture_output=True)
    port = free_port()
    host = "localhost" if tls else "127.0.0.1"
    command = [str(SLAPD), "-f", str(conf), "-h", f"ldap://127.0.0.1:{port}", "-d", "0"]
    with open(folder / "slapd.log", "wb") as log:
        server = Slapd(port, subprocess.Popen(command, stdout=log, stderr=log), host)
    try:
        until = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert server.process.poll() is None, (folder / "slapd.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
