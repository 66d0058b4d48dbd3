import pytest
from django.db import IntegrityError, transaction

from common.ids import new_visitor_id
from common.vocabulary import Region, Strictness
from identity.domain.age import AgeOutcome
from identity.models import REGIONS, STRICTNESSES, Account, AgeCheck, Visitor

pytestmark = pytest.mark.django_db
AGE = {"method": "declaration", "checked_on": "2026-01-01"}


def refuses(save):
    with pytest.raises(IntegrityError), transaction.atomic():
        save()


def test_choices_mirror_the_words_of_the_rules():
    assert [code for code, _ in REGIONS] == list(Region)
    assert [word for word, _ in STRICTNESSES] == list(Strictness)
    assert set(AgeCheck.Outcome) == set(AgeOutcome) - {AgeOutcome.INVALID}


def test_the_database_itself_refuses_other_words():
    visitor = Visitor.objects.create()

    refuses(lambda: Visitor.objects.create(region="xx"))
    refuses(lambda: Visitor.objects.create(strictness="sloppy"))
    refuses(
        lambda: AgeCheck.objects.create(
            visitor=visitor, outcome="invalid", retry_check=1, **AGE
        )
    )
    refuses(
        lambda: AgeCheck.objects.create(
            visitor=visitor, outcome="adult", retry_check=256, **AGE
        )
    )


def test_a_visitor_has_one_age():
    visitor = Visitor.objects.create()
    AgeCheck.objects.create(visitor=visitor, outcome="adult", retry_check=1, **AGE)

    refuses(
        lambda: AgeCheck.objects.create(
            visitor=visitor, outcome="under_floor", retry_check=2, **AGE
        )
    )


def test_the_birth_date_has_no_place_to_be_kept_in():
    fields = {field.name for field in AgeCheck._meta.get_fields()}

    assert fields == {
        "id",
        "visitor",
        "outcome",
        "method",
        "checked_on",
        "retry_check",
    }


def test_an_account_needs_no_password_and_has_one_spelling_of_its_address():
    account = Account.objects.create_user("Ana@Example.ORG")

    assert account.email == "ana@example.org"
    assert not account.has_usable_password()
    refuses(lambda: Account.objects.create_user("ANA@example.org"))


def test_a_superuser_may_do_everything():
    account = Account.objects.create_superuser("root@example.org")

    assert account.is_staff
    assert account.has_perm("identity.view_visitor")
    assert str(account) == f"account {account.id}"


def test_the_person_is_the_account_once_claimed():
    account = Account.objects.create_user("ana@example.org")
    visitor = Visitor(id=new_visitor_id())
    assert visitor.person_id == visitor.visitor_id

    visitor.account = account
    assert visitor.person_id == account.pk
    assert str(visitor) == str(visitor.id)
