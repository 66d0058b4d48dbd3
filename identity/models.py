"""Accounts, visitors, the outcome of an age statement, and sessions.

Constraints are here; what the values mean is in `identity.domain`.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from typing_extensions import override

from common.clock import now
from common.ids import PersonId, VisitorId, new_account_id, new_visitor_id
from common.vocabulary import Region, Strictness

REGIONS = [(region.value, region.value) for region in Region]
STRICTNESSES = [(strictness.value, strictness.value) for strictness in Strictness]


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; nobody needs a password."""

    def create_user(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Account":
        """Save an account for this address; without a password none will do."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Account":
        """Save an account that may do everything in the admin."""
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )


class Account(AbstractBaseUser, PermissionsMixin):
    """A person who registered: an e-mail address and what guards it."""

    id = models.UUIDField(primary_key=True, default=new_account_id, editable=False)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @override
    def __str__(self) -> str:
        # The admin writes this into its log, which outlives an erased account.
        return f"account {self.id}"


class Visitor(models.Model):
    """One browser or one app, stored once it has something to keep."""

    id = models.UUIDField(primary_key=True, default=new_visitor_id, editable=False)
    account = models.ForeignKey(
        Account,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="visitors",
    )
    languages = models.JSONField(default=list, blank=True)
    region = models.CharField(max_length=2, blank=True, choices=REGIONS)
    regions = models.JSONField(default=list, blank=True)
    interests = models.JSONField(default=list, blank=True)
    strictness = models.CharField(
        max_length=8, choices=STRICTNESSES, default=Strictness.BALANCED.value
    )
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:  # noqa: D106  Django's own name
        constraints = [
            models.CheckConstraint(
                condition=Q(region__in=["", *(code for code, _ in REGIONS)]),
                name="visitor_region_known",
            ),
            models.CheckConstraint(
                condition=Q(strictness__in=[word for word, _ in STRICTNESSES]),
                name="visitor_strictness_known",
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.id)

    @property
    def visitor_id(self) -> VisitorId:
        """The typed id."""
        return VisitorId(self.id)

    @property
    def person_id(self) -> PersonId:
        """Who is behind it: the account that claimed it, else the visitor."""
        return PersonId(self.account_id or self.id)


class AgeCheck(models.Model):
    """The outcome of a visitor's first age statement; the birth date is not kept.

    `retry_check` is eight bits of a keyed hash of the date, only to tell a
    repeated statement from a different one (`identity.domain.age`).
    """

    class Outcome(models.TextChoices):
        """The two outcomes that are kept."""

        ADULT = "adult"
        UNDER_FLOOR = "under_floor"

    class Method(models.TextChoices):
        """How the age was learnt."""

        DECLARATION = "declaration"

    visitor = models.OneToOneField(
        Visitor, on_delete=models.CASCADE, related_name="age_check"
    )
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    method = models.CharField(max_length=16, choices=Method.choices)
    checked_on = models.DateField()
    retry_check = models.PositiveSmallIntegerField()

    class Meta:  # noqa: D106  Django's own name
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["adult", "under_floor"]),
                name="age_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(retry_check__lte=255), name="age_retry_check_is_8_bits"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.outcome} ({self.checked_on})"


class Session(AbstractBaseSession):
    """A browser's sign-in or an app's token, findable by whose it is.

    Django's own table cannot say whose session a row is; erasing a person must
    leave none behind.
    """

    account_id = models.UUIDField(null=True, db_index=True)
    visitor_id = models.UUIDField(null=True, db_index=True)

    @classmethod
    @override
    def get_session_store_class(cls) -> type[Any]:
        from identity.sessions import (  # noqa: PLC0415  the store imports this model
            SessionStore,
        )

        return SessionStore
