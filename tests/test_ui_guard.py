"""Who may come in: users, hosts, sites, sizes, addresses that are shut; and how often one may ask."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from typer.testing import CliRunner

from assistant import Settings
from assistant.cli import app as program
from assistant.errors import AssistantError, SettingsError
from assistant.serving.users import Users, hashed, load, save
from assistant.ui.failures import without_keys
from assistant.ui.guard import names_of_this_machine
from assistant.ui.pacing import Pacing
from assistant.ui.server import is_loopback, listen

from .browser import serving
from .crowd import Visitor

pytestmark = pytest.mark.slow

KEY = "sk-proj-Zx81kQw7TTnm02Lp"


@dataclass
class Page:
    """The real application on a port of loopback, without a collection."""

    port: int

    def request(
        self, path: str, method: str = "GET", body: bytes | str = b"", **headers: str
    ) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body or None, named)
            reply = connection.getresponse()
            return reply.status, reply.read().decode("utf-8", "replace"), reply.headers
        finally:
            connection.close()

    def log_in(self, name: str, password: str) -> tuple[int, str]:
        """The status, and the cookies."""
        form = urlencode({"username": name, "password": password})
        kind = "application/x-www-form-urlencoded"
        status, _, headers = self.request("/login", "POST", form, Content_Type=kind)
        cookies = [value.partition(";")[0] for value in headers.get_all("set-cookie") or ()]
        return status, "; ".join(cookies)


@contextmanager
def open_page(index: Path, folder: Path, **settings: str) -> Iterator[Page]:
    with serving(Path(shutil.copytree(index, folder / "index")), folder / "log", **settings) as served:
        served.wait_until("ok")
        yield Page(int(served.url.rpartition(":")[2]))
        assert served.end() == 0
        assert served.errors() == ""


@pytest.fixture(scope="module")
def page(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that everybody on this machine may use."""
    given = {
        "ASSISTANT_MAX_UPLOAD_MB": "1",
        "ASSISTANT_ALLOW_HOSTS": "papers.example",
        "OPENAI_API_KEY": KEY,
        "ASSISTANT_QUESTIONS_PER_MINUTE": "2",
    }
    with open_page(sample_index, tmp_path_factory.mktemp("open"), **given) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(users: Path, sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page for those users, and one of a setting."""
    given = {"ASSISTANT_AUTH_FILE": str(users), "ASSISTANT_AUTH": "eva:with:colons"}
    with open_page(sample_index, tmp_path_factory.mktemp("guarded"), **given) as running:
        yield running


# -- users -------------------------------------------------------------------------------------------


def test_nothing_but_the_login_without_a_password(guarded: Page) -> None:
    for path in (
        "/gradio_api/info",
        "/gradio_api/queue/data?session_hash=x",
        "/summaries/x/md",
        "/rejected/x",
    ):
        assert guarded.request(path)[0] == 401
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/upload"):
        assert guarded.request(path, "POST", "{}")[0] == 401
    assert guarded.request("/config")[0] == 401
    status, shown, _ = guarded.request("/")
    assert status == 200
    assert "auth_required" in shown
    assert "pa-question" not in shown
    assert json.loads(guarded.request("/healthz")[1]) == {"status": "ok"}
    for cookie in ("x=y", "access-token-unsecure-1=2", '=;"'):
        assert guarded.request("/gradio_api/info", Cookie=cookie)[0] == 401


def test_users_come_in_with_their_own_passwords(guarded: Page, users: Path) -> None:
    assert guarded.log_in("ada", "battery staple") == (400, "")
    assert guarded.log_in("eve", "correct horse") == (400, "")
    for name, password in (("ada", "correct horse"), ("zoë", "battery staple")):
        status, cookies = guarded.log_in(name, password)
        assert status == 200
        assert guarded.request("/gradio_api/info", Cookie=cookies)[0] == 200
        assert "pa-question" in guarded.request("/config", Cookie=cookies)[1]
        assert guarded.request("/summaries/x/md", Cookie=cookies)[0] == 404
    # A new one need not wait for a start.
    save(load(users) | {"new": hashed("a new password")}, users)
    assert guarded.log_in("new", "a new password")[0] == 200


def test_no_two_elements_of_the_page_have_one_id(page: Page) -> None:
    parts = json.loads(page.request("/config")[1])["components"]
    ids = [name for part in parts if (name := part["props"].get("elem_id"))]
    assert {"pa-undo", "pa-edit-undo", "pa-question"} <= {*ids}
    assert sorted(ids) == sorted({*ids})


def test_one_user_by_a_setting(guarded: Page) -> None:
    assert guarded.log_in("eva", "with:colons")[0] == 200
    for wrong in ("ada", "ada:", ":x"):
        with pytest.raises(SettingsError, match="USER:PASSWORD"):
            Users(Settings.load(auth=wrong))


def run(*arguments: object, typed: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(program, [str(argument) for argument in arguments], input=typed)
    return done.exit_code, done.stdout, done.stderr


def test_the_command_keeps_users_and_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "users"
    assert run("user", "add", "ada", "--file", path, typed="correct horse\n")[0] == 0
    assert run("user", "add", "bob", "--file", path, typed="correct horse\n")[0] == 0
    monkeypatch.setenv("ASSISTANT_AUTH_FILE", str(path))
    assert json.loads(run("user", "list", "--json")[1]) == {"users": ["ada", "bob"]}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    stored = load(path)
    assert "correct" not in path.read_text("utf-8")
    assert stored["ada"] != stored["bob"]  # a salt of its own
    assert Users(Settings.load()).admits("ada", "correct horse")
    assert run("user", "remove", "ada")[0] == 0
    assert not Users(Settings.load()).admits("ada", "correct horse")
    assert run("user", "remove", "ada")[0] == 2
    assert run("user", "add", "a:b", typed="correct horse\n")[0] == 2
    assert run("user", "add", "eve", typed="short\n")[0] == 2
    monkeypatch.delenv("ASSISTANT_AUTH_FILE")
    assert run("user", "list")[0] == 2


@given(st.binary(max_size=80))
def test_any_file_is_users_or_an_error(data: bytes) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"users-{os.getpid()}"
    path.write_bytes(data)
    try:
        for stored in load(path).values():
            assert stored.startswith("scrypt:")
    except SettingsError:
        pass
    finally:
        path.unlink()


@pytest.mark.parametrize(
    "stored", ["scrypt:1:x:y", "scrypt:99999999999:AA==:AA==", "scrypt:16384:é:", "scrypt:"]
)
def test_a_spoilt_password_admits_nobody(stored: str, tmp_path: Path) -> None:
    save({"ada": stored}, tmp_path / "users")
    assert not Users(Settings.load(auth_file=tmp_path / "users")).admits("ada", "")


def test_users_that_others_can_read_are_told_of(tmp_path: Path) -> None:
    path = tmp_path / "users"
    save({"ada": hashed("correct horse")}, path)
    assert Users(Settings.load(auth_file=path)).notice == ""
    path.chmod(0o644)
    assert "chmod 600" in Users(Settings.load(auth_file=path)).notice


def test_a_file_without_users_stops_the_start(tmp_path: Path) -> None:
    for text in ("", "ada\tplain\n"):
        (tmp_path / "users").write_text(text, "utf-8")
        with pytest.raises(SettingsError):
            Users(Settings.load(auth_file=tmp_path / "users"))
    with pytest.raises(SettingsError):
        Users(Settings.load(auth_file=tmp_path / "none"))


# -- hosts and sites ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["localhost:7860", "127.0.0.1", "[::1]:80", "192.0.2.7", "a.localhost", "papers.example"]
)
def test_names_of_this_machine_are_known(page: Page, host: str) -> None:
    assert page.request("/healthz", Host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "papers.example.org", "[", "a@b:c"]
)
def test_a_name_that_somebody_had_point_here_gets_nothing(page: Page, host: str) -> None:
    for path in ("/", "/config", "/healthz", "/gradio_api/info"):
        status, said, headers = page.request(path, Host=host)
        assert (status, "pa-question" in said) == (403, False)
        assert "content-security-policy" in headers


def test_where_everybody_logs_in_names_do_not_matter(guarded: Page) -> None:
    assert guarded.request("/healthz", Host="lab.example")[0] == 200
    assert "localhost" in names_of_this_machine()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example", "X_Forwarded_Host": "papers.example"}, 403),
        ({"Origin": "https://papers.example", "X_Forwarded_Host": "papers.example"}, 422),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "http://behind.a.proxy"}, 422),
        ({}, 422),
    ],
)
def test_other_sites_change_nothing(page: Page, headers: dict[str, str], status: int) -> None:
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict"):
        assert page.request(path, "POST", "[]", Content_Type="application/json", **headers)[0] == status
    assert page.request("/gradio_api/upload", "POST", "x", **headers)[0] in {status, 400, 405, 415}


# -- what is shut, what is too large -----------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/stream/x",
        "/gradio_api/dev/reload",
        "/gradio_api/deep_link",
        "/gradio_api/process_recording",
        "/monitoring",
        "/monitoring/summary",
        "/file=/etc/passwd",
        "/docs",
    ],
)
def test_no_file_and_no_address_is_shown(page: Page, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        status, said, _ = page.request(path, method)
        assert status in {404, 405}
        assert "root:" not in said


def test_large_requests_are_refused_before_they_are_read(page: Page) -> None:
    for path, size in (("/gradio_api/queue/join", 4_000_001), ("/gradio_api/upload", 4_000_001)):
        status, said, _ = page.request(path, "POST", Content_Length=str(size))
        assert (status, "too large" in said) == (413, True)
    assert page.request("/gradio_api/queue/join", "POST", Content_Length="x")[0] in {400, 413}
    assert page.request("/gradio_api/queue/join", "POST", Transfer_Encoding="chunked")[0] in {400, 411}


def test_a_file_above_the_limit_is_refused(page: Page) -> None:
    def upload(size: int) -> int:
        form = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.bib"\r\n\r\n'
        body = form + b"x" * size + b"\r\n--b--\r\n"
        return page.request(
            "/gradio_api/upload", "POST", body, Content_Type="multipart/form-data; boundary=b"
        )[0]

    assert upload(10) == 200
    assert upload(1_100_000) == 413


def test_keys_are_nowhere(page: Page) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/openapi.json", "/healthz", "/theme.css"):
        assert KEY not in page.request(path)[1]
    settings = Settings.load(
        api_key=KEY, chroma_token="t0ken-abc", s2_key="s2-abc", auth="ada:horse", openalex_key="oa-abc"
    )
    secrets = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    assert len(secrets) == 5
    said = without_keys(" and ".join(secrets), settings)
    assert not any(secret in said for secret in secrets)
    assert not any(secret in repr(settings) for secret in secrets)


# -- how often ---------------------------------------------------------------------------------------


def test_one_tab_may_not_ask_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("assistant.ui.pacing.time.monotonic", lambda: now)
    asked = Pacing()
    assert [asked.refusal(2) for _ in range(2)] == ["", ""]
    now = 110.0
    assert asked.refusal(2) == "You have asked 2 times within a minute. Please try again in 50 s."
    assert Pacing().refusal(2) == ""  # another tab
    now = 160.5
    assert asked.refusal(2) == ""


def test_the_page_says_so_and_asks_no_more(page: Page) -> None:
    visitor = Visitor(f"http://127.0.0.1:{page.port}", 1)
    for _ in range(2):
        assert "Please try again" not in [*visitor.hear("How long is an egg boiled?")][-1]
    said = [*visitor.hear("How long is an egg boiled?")][-1]
    assert "You have asked 2 times within a minute. Please try again in" in said
    other = Visitor(f"http://127.0.0.1:{page.port}", 2)
    assert "Please try again" not in [*other.hear("How long is an egg boiled?")][-1]


# -- the address -------------------------------------------------------------------------------------


def test_who_can_reach_it_is_known_before_it_is_served() -> None:
    for host, alone in (("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)):
        with listen(host, 0) as bound:
            assert is_loopback(bound) is alone


@pytest.mark.parametrize("wrong", ["papers", "ftp://x/y", "/a b", "/a?b"])
def test_a_root_path_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(AssistantError, match="ASSISTANT_ROOT_PATH"):
        Settings.load(root_path=wrong)
