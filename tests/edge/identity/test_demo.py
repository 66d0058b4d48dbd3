import json
import stat

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from identity import demo
from identity.models import Account
from tests.edge.identity.people import sign_in, totp_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_site(settings, tmp_path):
    settings.DEMO = True
    settings.DATA_DIR = tmp_path


def run(command, capsys):
    call_command(command)
    return capsys.readouterr().out.strip()


def login():
    return json.loads(demo.login_file().read_text())


@pytest.mark.usefixtures("demo_site")
class TestDemo:
    def test_the_moderator_gets_in_with_the_printed_code(self, client, capsys):
        run("seed_demo", capsys)
        second = sign_in(client, demo.EMAIL, next_page="/admin/")
        code = run("demo_code", capsys)
        response = client.post(second["Location"], {"code": code})

        assert code == totp_code(login()["totp_secret"])
        assert response["Location"] == "/admin/"
        assert client.get("/admin/identity/account/").status_code == 200

    def test_seeding_again_changes_nothing(self, capsys):
        run("seed_demo", capsys)
        before = login()
        run("seed_demo", capsys)

        assert login() == before
        assert Account.objects.count() == Authenticator.objects.count() == 1

    def test_a_lost_file_is_written_again_with_the_same_secret(self, capsys):
        run("seed_demo", capsys)
        before = login()
        demo.login_file().unlink()
        run("seed_demo", capsys)

        assert login() == before

    def test_every_installation_has_its_own_secret(self, capsys):
        secrets = set()
        for _ in range(3):
            Account.objects.all().delete()
            run("seed_demo", capsys)
            secrets.add(login()["totp_secret"])

        assert len(secrets) == 3

    def test_the_secret_is_the_owners_alone_to_read(self, capsys):
        told = run("seed_demo", capsys)

        assert stat.S_IMODE(demo.login_file().stat().st_mode) == 0o600
        assert login()["totp_secret"] not in told
        assert str(demo.login_file()) in told

    def test_the_code_is_that_of_the_standard(self):
        """RFC 6238, appendix B, SHA-1, the last six of its eight digits."""
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        demo.login_file().write_text(json.dumps({"totp_secret": secret}))

        assert demo.code_at(59) == "287082"
        assert demo.code_at(1111111109) == "081804"

    def test_there_is_no_code_before_the_seed(self):
        with pytest.raises(CommandError, match="run seed_demo first"):
            call_command("demo_code")


@pytest.mark.parametrize("command", ["seed_demo", "demo_code"])
def test_a_site_that_is_no_demo_gets_no_demo_login(command, settings, tmp_path):
    settings.DEMO = False
    settings.DATA_DIR = tmp_path

    with pytest.raises(CommandError, match="DEMO is off"):
        call_command(command)
    assert not Account.objects.exists()
    assert not list(tmp_path.iterdir())
