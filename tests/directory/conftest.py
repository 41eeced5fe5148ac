"""Fixtures of this folder: a directory in the settings, and somebody marked for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import connection

from departments.models.access import DirectoryAccount
from departments.models.people import User
from msw_portal.kernel.directory import Directory, Ldap, OpenId
from msw_portal.kernel.scope import INSTALLATION, scope
from tests.directory import ldap_server, provider


@pytest.fixture
def openid(settings, db) -> Iterator[provider.Provider]:
    """A provider that runs, and an installation that knows it."""
    cache.clear()
    with provider.running() as server:
        known = OpenId(server.issuer, provider.CLIENT_ID, provider.CLIENT_SECRET)
        settings.DIRECTORY = Directory("示例统一身份", openid=known)
        yield server


@pytest.fixture
def ldap(settings, db) -> Iterator[ldap_server.LdapServer]:
    with ldap_server.running() as server:
        known = Ldap(
            server.url,
            ldap_server.BASE,
            bind_dn=ldap_server.READER,
            bind_password=ldap_server.READER_PASSWORD,
        )
        settings.DIRECTORY = Directory("示例统一身份", ldap=known)
        yield server


@pytest.fixture
def only(settings) -> Callable[[], None]:
    """`only()` — from now on whoever uses the directory has no password here."""

    def close() -> None:
        settings.DIRECTORY = replace(settings.DIRECTORY, is_only=True)

    return close


@pytest.fixture
def mark(db) -> Callable[..., DirectoryAccount]:
    """`mark("worker")` — this person signs in through the directory, by that name or another."""

    def made(username: str, name: str = "") -> DirectoryAccount:
        user = User.objects.get(username=username)
        return DirectoryAccount.objects.create(user=user, name=name or username)

    return made


@pytest.fixture
def entries(db) -> Callable[[str], list[tuple]]:
    """What the installation's audit holds of an action: result and body, in order."""

    def read(action: str) -> list[tuple]:
        with scope(org=INSTALLATION, role="auditor"), connection.cursor() as cursor:
            cursor.execute(
                "SELECT result, body FROM departments_auditentry WHERE action = %s ORDER BY at",
                [action],
            )
            return cursor.fetchall()

    return read
