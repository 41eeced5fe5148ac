"""A real directory: OpenLDAP's server, its own answers, its own locks, its own TLS."""

from dataclasses import replace

import ldap3
import pytest

from departments.models.access import DirectoryAccount
from departments.services.ldap import DirectoryAway, ldap_check
from msw_portal.kernel.directory import Directory, Ldap
from tests.directory import ldap_server, slapd
from tests.directory.test_ldap import AWAY, WRONG, _certificate, _sentence, _try

PASSWORD = "目录-pass 'ö"  # as typed at a Chinese keyboard


@pytest.fixture
def real(settings, db, tmp_path, capsys):
    """`real()` — slapd with the world's worker in it; without one on this machine the small server of this
    folder takes its place, says so, and what only slapd can show is left out."""
    if slapd.SLAPD is None:
        with capsys.disabled():
            print("\nNo slapd on this machine (`apt-get install slapd`): the small server answers.")
        with ldap_server.running() as server:
            server.people = {"worker": (PASSWORD, "11111111-aaaa")}
            _point(settings, server.url, ldap_server.BASE, ldap_server.READER)
            yield server
        return
    people = slapd.person("worker", PASSWORD, cn="社工甲")
    with slapd.running(tmp_path, people) as server:
        _point(settings, server.url, slapd.BASE, slapd.READER)
        yield server


def _point(settings, url: str, base: str, reader: str, **given) -> None:
    known = Ldap(url, base, bind_dn=reader, bind_password=slapd.READER_PASSWORD, **given)
    settings.DIRECTORY = Directory("示例统一身份", ldap=known)


def _manager(server: slapd.Slapd) -> ldap3.Connection:
    return ldap3.Connection(
        ldap3.Server(server.url, get_info=ldap3.NONE),
        slapd.MANAGER,
        slapd.MANAGER_PASSWORD,
        auto_bind=True,
        raise_exceptions=True,
    )


def _add(server: slapd.Slapd, name: str, password: str, under: str = slapd.BASE) -> None:
    with _manager(server) as link:
        values = {"uid": name, "cn": name, "sn": name, "userPassword": password}
        link.add(f"uid={name},{under}", ["inetOrgPerson"], values)


def test_a_person_comes_in_and_is_bound_to_the_lasting_id(real, mark):
    mark("worker")
    _sentence(_try("worker", "wrong"), f"{WRONG}。再错 4 次", 422)
    assert _try("worker", PASSWORD).status_code == 302
    kind, lasting = DirectoryAccount.objects.get().subject.split()
    assert kind == "entryUUID" and len(lasting) >= 13


def test_signs_of_a_filter_and_nobody_open_nothing(real, mark):
    mark("worker", "w*")
    _sentence(_try("w*", PASSWORD), WRONG, 422)
    assert ldap_check(name="worker", password="") is None
    assert ldap_check(name="nobody", password=PASSWORD) is None


def test_a_name_given_to_another_person_opens_nothing(real, mark):
    mark("worker")
    assert _try("worker", PASSWORD).status_code == 302
    if isinstance(real, slapd.Slapd):
        with _manager(real) as link:
            link.delete(f"uid=worker,{slapd.BASE}")
        _add(real, "worker", "new-pass")
    else:
        real.people["worker"] = ("new-pass", "33333333-bbbb")
    _sentence(_try("worker", "new-pass"), "目录里的这个登录名换了人", 403)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_name_that_several_entries_have_is_nobodys(real, mark, count):
    mark("worker")
    if isinstance(real, slapd.Slapd):
        for number in range(count - 1):
            with _manager(real) as link:
                under = f"ou=visiting{number},{slapd.BASE}"
                link.add(under, ["organizationalUnit"], {"ou": f"visiting{number}"})
            _add(real, "worker", PASSWORD, under)
        _sentence(_try("worker", PASSWORD), WRONG, 422)


def test_who_is_locked_in_the_directory_stays_out(real, mark):
    """The directory's own lock counts; the portal says the same sentence as for a wrong password."""
    mark("worker")
    if isinstance(real, slapd.Slapd):
        for _time in range(3):
            _sentence(_try("worker", "wrong"), WRONG, 422)
        _sentence(_try("worker", PASSWORD), WRONG, 422)


def test_a_directory_that_is_stopped_or_refuses_the_portal_is_away(real, mark, settings):
    mark("worker")
    known = settings.DIRECTORY.ldap
    settings.DIRECTORY = Directory("示例统一身份", ldap=replace(known, bind_password="no longer"))
    _sentence(_try("worker", PASSWORD), AWAY, 503)
    settings.DIRECTORY = Directory("示例统一身份", ldap=known)
    assert _try("worker", PASSWORD).status_code == 302
    if isinstance(real, slapd.Slapd):
        real.stop()
        _sentence(_try("worker", PASSWORD), AWAY, 503)


def test_over_its_own_tls_and_not_without(settings, db, tmp_path, mark):
    if slapd.SLAPD is None:
        return
    tls = _certificate(tmp_path, "localhost")
    other, _key = _certificate(tmp_path, "other.example")
    people = slapd.person("worker", PASSWORD)
    with slapd.running(tmp_path, people, tls=tls) as server:
        mark("worker")
        _point(settings, server.url, slapd.BASE, slapd.READER, ca_file=tls[0], is_start_tls=True)
        assert _try("worker", PASSWORD).status_code == 302
        for changed in ({"ca_file": other}, {"is_start_tls": False, "ca_file": tls[0]}):
            given = {"is_start_tls": True} | changed
            _point(settings, server.url, slapd.BASE, slapd.READER, **given)
            with pytest.raises(DirectoryAway):
                ldap_check(name="worker", password=PASSWORD)
