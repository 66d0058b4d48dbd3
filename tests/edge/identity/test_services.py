from datetime import UTC, date, datetime

import pytest

from common import events
from common.ids import PersonId, VisitorId, new_visitor_id
from common.vocabulary import Mode, Region, Strictness
from identity import services
from identity.errors import AgeAlreadySetError, AgeFloorError, BirthDateInvalidError
from identity.events import VisitorErased
from identity.models import Account, AgeCheck, Session, Visitor
from identity.selectors import account_visitors, visitor_snapshot
from identity.tokens import token_issue, visitor_of_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
ADULT, CHILD, TOMORROW = date(1990, 5, 4), date(2010, 5, 4), date(2026, 3, 16)


def state(visitor_id, birth_date=ADULT):
    return services.age_state(visitor_id, birth_date=birth_date, now=NOW)


@pytest.fixture
def visitor_id():
    return new_visitor_id()


@pytest.fixture
def erased(monkeypatch):
    """What the apps above hear."""
    monkeypatch.setattr(events, "_handlers", type(events._handlers)(list))
    heard = []
    events.subscribe(VisitorErased, heard.append)
    return heard


def test_a_visitor_never_stored_is_blank(visitor_id):
    snapshot = visitor_snapshot(visitor_id)

    assert snapshot.visitor_id == snapshot.person_id == visitor_id
    assert (snapshot.adult, snapshot.account_id, snapshot.modes) == (None, None, ())
    assert not Visitor.objects.exists()


def test_beginning_stores_a_token_and_no_visitor():
    visitor, token = services.visitor_begin()

    assert visitor_of_token(token) == visitor.visitor_id
    assert not Visitor.objects.exists()


class TestAge:
    def test_an_adult_gets_every_mode(self, visitor_id):
        assert state(visitor_id) == tuple(Mode)
        assert visitor_snapshot(visitor_id).modes == tuple(Mode)

    def test_only_outcome_method_and_day_are_kept(self, visitor_id):
        state(visitor_id)

        kept = AgeCheck.objects.get()
        assert (kept.outcome, kept.method) == ("adult", "declaration")
        assert kept.checked_on == NOW.date()

    def test_the_same_statement_again_is_no_news(self, visitor_id):
        state(visitor_id)

        assert state(visitor_id) == tuple(Mode)
        assert AgeCheck.objects.count() == 1

    def test_another_date_later_is_refused(self, visitor_id):
        state(visitor_id)
        # One date in 256 has the same check; of these four at most some do.
        others = [date(1990, 5, day) for day in range(5, 9)]
        refused = 0
        for other in others:
            try:
                state(visitor_id, other)
            except AgeAlreadySetError:
                refused += 1

        assert refused >= 3
        assert visitor_snapshot(visitor_id).adult is True

    def test_an_adult_who_then_claims_to_be_a_child_stays_an_adult(self, visitor_id):
        state(visitor_id)
        stored = AgeCheck.objects.get()
        AgeCheck.objects.update(retry_check=(stored.retry_check + 1) % 256)

        with pytest.raises(AgeAlreadySetError):
            state(visitor_id, CHILD)
        assert visitor_snapshot(visitor_id).adult is True

    @pytest.mark.parametrize("later", [ADULT, CHILD, TOMORROW, date(1, 1, 1)])
    def test_the_locked_out_stay_out_whatever_they_send(self, visitor_id, later):
        with pytest.raises(AgeFloorError):
            state(visitor_id, CHILD)

        with pytest.raises(AgeFloorError):
            state(visitor_id, later)
        assert visitor_snapshot(visitor_id).adult is False
        assert visitor_snapshot(visitor_id).modes == ()

    def test_the_locked_out_stay_out_when_they_have_grown_up(self, visitor_id):
        with pytest.raises(AgeFloorError):
            state(visitor_id, CHILD)

        later = NOW.replace(year=2040)
        with pytest.raises(AgeFloorError):
            services.age_state(visitor_id, birth_date=CHILD, now=later)

    def test_a_slip_is_not_held_against_anyone(self, visitor_id):
        with pytest.raises(BirthDateInvalidError):
            state(visitor_id, TOMORROW)

        assert visitor_snapshot(visitor_id).adult is None
        assert state(visitor_id) == tuple(Mode)

    def test_the_operator_sets_the_floor(self, visitor_id, settings):
        settings.AGE_FLOOR_YEARS = 40

        with pytest.raises(AgeFloorError):
            state(visitor_id)

    def test_a_person_is_as_old_on_every_device(self, visitor_id, ana):
        phone = new_visitor_id()
        for each in (visitor_id, phone):
            services.visitor_claim(each, account=ana)
        state(visitor_id)

        assert visitor_snapshot(phone).adult is True

    def test_a_person_locked_out_once_is_locked_out_on_every_device(
        self, visitor_id, ana
    ):
        phone = new_visitor_id()
        for each in (visitor_id, phone):
            services.visitor_claim(each, account=ana)
        state(visitor_id)
        with pytest.raises(AgeFloorError):
            state(phone, CHILD)

        assert visitor_snapshot(visitor_id).adult is False
        with pytest.raises(AgeFloorError):
            state(visitor_id, ADULT)


class TestPreferences:
    def test_what_is_named_is_kept_and_the_rest_stays(self, visitor_id):
        services.visitor_update(
            visitor_id, languages=("en",), region=Region.EUROPE, interests=("go",)
        )
        snapshot = services.visitor_update(visitor_id, regions=(Region.ASIA,))

        assert snapshot == visitor_snapshot(visitor_id)
        assert (snapshot.languages, snapshot.interests) == (("en",), ("go",))
        assert (snapshot.region, snapshot.regions) == (Region.EUROPE, (Region.ASIA,))
        assert snapshot.strictness is Strictness.BALANCED

    def test_a_region_can_be_taken_back(self, visitor_id):
        services.visitor_update(visitor_id, region=Region.EUROPE)

        assert services.visitor_update(visitor_id, region=None).region is None

    def test_strict_about_nothing_becomes_balanced(self, visitor_id):
        services.visitor_update(
            visitor_id, interests=("go",), strictness=Strictness.STRICT
        )
        assert visitor_snapshot(visitor_id).strictness is Strictness.STRICT

        snapshot = services.visitor_update(visitor_id, interests=())
        assert snapshot.strictness is Strictness.BALANCED


class TestClaim:
    def test_an_account_claims_the_visitor_with_all_it_said(self, visitor_id, ana):
        state(visitor_id)

        assert services.visitor_claim(visitor_id, account=ana) == visitor_id
        snapshot = visitor_snapshot(visitor_id)
        assert snapshot.person_id == snapshot.account_id == ana.pk
        assert snapshot.adult is True

    def test_claiming_twice_changes_nothing(self, visitor_id, ana):
        for _ in range(2):
            assert services.visitor_claim(visitor_id, account=ana) == visitor_id

    def test_another_accounts_visitor_is_left_alone(self, visitor_id, ana, moderator):
        services.visitor_claim(visitor_id, account=ana)

        fresh = services.visitor_claim(visitor_id, account=moderator)

        assert fresh != visitor_id
        assert visitor_snapshot(visitor_id).account_id == ana.pk
        assert visitor_snapshot(fresh).account_id == moderator.pk
        assert [each.visitor_id for each in account_visitors(moderator.pk)] == [fresh]


class TestErase:
    def test_nothing_is_left_and_everyone_is_told(
        self, visitor_id, erased, django_capture_on_commit_callbacks
    ):
        state(visitor_id)
        token = token_issue(visitor_id)
        with django_capture_on_commit_callbacks(execute=True):
            services.visitor_erase(visitor_id)

        assert not Visitor.objects.exists()
        assert not AgeCheck.objects.exists()
        assert visitor_of_token(token) is None
        person_id = PersonId(visitor_id)
        assert erased == [VisitorErased(visitor_id=visitor_id, person_id=person_id)]

    def test_a_visitor_never_stored_can_be_erased_too(
        self, visitor_id, erased, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            services.visitor_erase(visitor_id)

        assert [event.visitor_id for event in erased] == [visitor_id]

    def test_others_stay(self, visitor_id, ana):
        other = services.visitor_claim(new_visitor_id(), account=ana)
        token = token_issue(other)
        services.visitor_erase(visitor_id)

        assert visitor_snapshot(other).account_id == ana.pk
        assert visitor_of_token(token) == other

    def test_an_erased_account_takes_its_visitors_and_sessions_along(
        self, client, ana, moderator, erased, django_capture_on_commit_callbacks
    ):
        mine = [services.visitor_claim(new_visitor_id(), account=ana) for _ in "ab"]
        theirs = services.visitor_claim(new_visitor_id(), account=moderator)
        tokens = [token_issue(VisitorId(each)) for each in mine]
        client.force_login(ana)
        with django_capture_on_commit_callbacks(execute=True):
            services.account_erase(ana.pk)

        assert list(Account.objects.all()) == [moderator]
        assert [visitor.pk for visitor in Visitor.objects.all()] == [theirs]
        assert not Session.objects.exists()
        assert [visitor_of_token(token) for token in tokens] == [None, None]
        assert {event.visitor_id for event in erased} == set(mine)
        assert {event.person_id for event in erased} == {ana.pk}


def test_the_nightly_task_purges_expired_sessions(visitor_id):
    from identity.tasks import expired_sessions_delete

    token_issue(visitor_id)
    Session.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    expired_sessions_delete()

    assert not Session.objects.exists()
