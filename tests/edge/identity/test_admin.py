"""The admin behind the second factor, through allauth itself."""

import pytest
from allauth.mfa.models import Authenticator

from common.ids import new_visitor_id
from identity import services
from identity.models import Account, Visitor
from tests.edge.identity.people import SECRET, sign_in, totp_code, totp_for

pytestmark = pytest.mark.django_db
ADMIN = "/admin/identity/account/"


@pytest.fixture
def desk(client, moderator):
    """A moderator's browser, signed in with both factors."""
    totp_for(moderator)
    second = sign_in(client, "mo@example.org")
    client.post(second["Location"], {"code": totp_code()})
    assert client.get(ADMIN).status_code == 200
    return client


def led_to(client, path=ADMIN):
    """Follow the admin's own redirect to where it leads."""
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=")
    return client.get(response["Location"])


class TestTheWayIn:
    def test_a_stranger_is_led_to_the_sign_in_page(self, client):
        assert led_to(client)["Location"] == f"/account/login/?next={ADMIN}"

    def test_there_is_no_password_form(self, client, moderator):
        moderator.set_password("correct horse battery staple")
        moderator.save()
        response = client.post(
            "/admin/login/",
            {"username": moderator.email, "password": "correct horse battery staple"},
        )

        assert response["Location"] == "/account/login/?next=/admin/"
        assert "_auth_user_id" not in client.session

    def test_who_is_not_staff_is_refused(self, client, ana):
        totp_for(ana)
        second = sign_in(client, "ana@example.org")
        client.post(second["Location"], {"code": totp_code()})

        assert led_to(client).status_code == 403

    def test_staff_without_totp_are_led_to_set_it_up_and_then_in(
        self, client, moderator
    ):
        sign_in(client, "mo@example.org")
        setup = led_to(client)
        assert setup["Location"] == f"/account/2fa/totp/activate/?next={ADMIN}"

        form = client.get(setup["Location"]).context["form"]
        client.post(setup["Location"], {"code": totp_code(form.secret)})
        assert Authenticator.objects.filter(user=moderator, type="totp").exists()
        asked = led_to(client)
        assert asked["Location"] == f"/account/2fa/reauthenticate/?next={ADMIN}"

        entered = client.post(asked["Location"], {"code": totp_code(form.secret)})
        assert entered["Location"] == ADMIN
        assert client.get(ADMIN).status_code == 200

    def test_both_factors_at_sign_in_lead_straight_in(self, client, moderator):
        totp_for(moderator)
        second = sign_in(client, "mo@example.org", next_page=ADMIN)
        response = client.post(second["Location"], {"code": totp_code()})

        assert response["Location"] == ADMIN
        assert client.get(ADMIN).status_code == 200

    def test_a_session_that_never_saw_a_code_stays_out(self, client, moderator):
        totp_for(moderator)
        client.force_login(moderator)

        asked = led_to(client)
        assert asked["Location"] == f"/account/2fa/reauthenticate/?next={ADMIN}"
        client.post(asked["Location"], {"code": "000000"})
        assert client.get(ADMIN).status_code == 302

    def test_a_recovery_code_is_not_totp(self, client, moderator):
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        totp_for(moderator)
        codes = RecoveryCodes.activate(moderator).get_unused_codes()
        second = sign_in(client, "mo@example.org")
        client.post(second["Location"], {"code": codes[0]})

        assert "_auth_user_id" in client.session
        assert led_to(client)["Location"].startswith("/account/2fa/reauthenticate/")

    def test_the_way_back_never_leaves_the_site(self, desk):
        response = desk.get("/admin/login/?next=https://evil.example/")

        assert response["Location"] == "/admin/"


class TestStayingIn:
    def test_a_code_of_a_removed_device_no_longer_counts(self, desk, moderator):
        Authenticator.objects.all().delete()
        assert desk.get(ADMIN).status_code == 302
        totp_for(moderator)

        assert desk.get(ADMIN).status_code == 302

    def test_who_lost_the_right_is_out(self, desk, moderator):
        Account.objects.update(is_staff=False)

        assert desk.get(ADMIN).status_code == 302
        assert led_to(desk).status_code == 403

    def test_signed_in_staff_are_led_back_from_the_sign_in_page(self, desk):
        assert desk.get(f"/admin/login/?next={ADMIN}")["Location"] == ADMIN


class TestWhatIsShown:
    def test_the_lists_answer(self, desk):
        services.visitor_update(new_visitor_id(), interests=("canary interest",))
        for model in ("identity/account", "identity/visitor", "mfa/authenticator"):
            assert desk.get(f"/admin/{model}/").status_code == 200

    def test_what_a_visitor_likes_is_not_shown(self, desk):
        visitor_id = new_visitor_id()
        services.visitor_update(visitor_id, interests=("canary interest",))
        page = desk.get(f"/admin/identity/visitor/{visitor_id}/change/")

        assert page.status_code == 200
        assert b"not stated" in page.content
        assert b"canary interest" not in page.content

    def test_a_second_factors_secret_is_not_shown(self, desk):
        device = Authenticator.objects.get(type="totp")
        page = desk.get(f"/admin/mfa/authenticator/{device.pk}/change/")

        assert page.status_code == 200
        assert SECRET.encode() not in page.content

    @pytest.mark.parametrize("model", ["account", "visitor"])
    def test_nothing_is_added_or_deleted_here(self, desk, model, moderator):
        visitor_id = new_visitor_id()
        services.visitor_update(visitor_id, interests=())
        pk = {"account": moderator.pk, "visitor": visitor_id}[model]

        assert desk.get(f"/admin/identity/{model}/add/").status_code == 403
        assert desk.post(f"/admin/identity/{model}/{pk}/delete/").status_code == 403
        assert Visitor.objects.exists()

    def test_a_superuser_gives_rights_and_cannot_change_an_address(self, desk, ana):
        url = f"/admin/identity/account/{ana.pk}/change/"
        desk.post(url, {"email": "x@example.org", "is_active": "on", "is_staff": "on"})

        ana.refresh_from_db()
        assert (ana.email, ana.is_staff) == ("ana@example.org", True)

    def test_staff_cannot_give_themselves_rights(self, desk, moderator):
        from django.contrib.auth.models import Permission

        moderator.user_permissions.set(Permission.objects.all())
        Account.objects.update(is_superuser=False)
        url = f"/admin/identity/account/{moderator.pk}/change/"

        assert desk.post(url, {"is_superuser": "on"}).status_code == 403
        assert desk.get(url).status_code == 200
