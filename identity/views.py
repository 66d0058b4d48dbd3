"""Pages about the person: age, interests, account, erasing."""

from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.clock import now
from common.ids import AccountId
from common.vocabulary import Mode
from identity import services
from identity.configuration import policy
from identity.cookie import forget_visitor, visitor_of
from identity.errors import AgeAlreadySetError, AgeFloorError, BirthDateInvalidError
from identity.forms import AgeForm, EraseForm, InterestsForm
from identity.models import Account
from identity.selectors import account_visitors, visitor_snapshot
from identity.wording import birth_date_sentence


@never_cache
@require_http_methods(["GET", "POST"])
def age(request: HttpRequest) -> HttpResponse:
    """Ask once for the date of birth, with the rules."""
    adult = visitor_snapshot(visitor_of(request)).adult
    if adult is False:
        return _age_refused(request)
    if adult:
        return _onward("interests", _mode(request))
    form = AgeForm(request.POST if request.method == "POST" else None)
    return _age_stated(request, form) if form.is_valid() else _age_page(request, form)


@never_cache
@require_http_methods(["GET", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """Ask what to talk about and with whom."""
    visitor = visitor_snapshot(visitor_of(request))
    mode = _mode(request)
    if not visitor.adult:
        return _onward("age", mode)
    data = request.POST if request.method == "POST" else None
    form = InterestsForm(data, visitor=visitor)
    if form.is_valid():
        services.visitor_update(visitor.visitor_id, **form.cleaned_data)
        return _onward("talk" if mode else "landing", mode)
    context = {"mode": mode, "form": form}
    return TemplateResponse(request, "identity/interests.html", context)


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show what an account holds."""
    person = _signed_in(request)
    context = {
        "email": person.email,
        "totp_active": Authenticator.objects.filter(
            user=person, type=Authenticator.Type.TOTP
        ).exists(),
        "visitors": account_visitors(AccountId(person.pk)),
        "this_visitor": visitor_of(request),
    }
    return TemplateResponse(request, "identity/account.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Explain what erasing does, and do it."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _erased(request, with_account=form.cleaned_data["account"])
    context = {"form": form, "signed_in": request.user.is_authenticated}
    return TemplateResponse(request, "identity/erase.html", context)


def _age_stated(request: HttpRequest, form: AgeForm) -> HttpResponse:
    try:
        services.age_state(
            visitor_of(request), birth_date=form.cleaned_data["birth_date"], now=now()
        )
    except AgeFloorError:
        return _age_refused(request)
    except AgeAlreadySetError:  # another tab was quicker; that statement stands
        return _onward("interests", _mode(request))
    except BirthDateInvalidError:
        form.add_error("birth_date", birth_date_sentence())
        return _age_page(request, form)
    return _onward("interests", _mode(request))


def _age_page(request: HttpRequest, form: AgeForm) -> HttpResponse:
    context = {
        "mode": _mode(request),
        "form": form,
        "floor": policy().age_floor_years,
    }
    return TemplateResponse(request, "identity/age.html", context)


def _age_refused(request: HttpRequest) -> HttpResponse:
    context = {"floor": policy().age_floor_years}
    return TemplateResponse(request, "identity/age_refused.html", context, status=403)


def _erased(request: HttpRequest, *, with_account: bool) -> HttpResponse:
    """Erase, sign out, and leave without a cookie."""
    services.visitor_erase(visitor_of(request))
    account_erased = with_account and request.user.is_authenticated
    if account_erased:
        services.account_erase(AccountId(_signed_in(request).pk))
    logout(request)
    forget_visitor(request)
    context = {"account_erased": account_erased}
    return TemplateResponse(request, "identity/erased.html", context)


def _signed_in(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # noqa: S101  login_required saw to it
    return request.user


def _mode(request: HttpRequest) -> Mode | None:
    """Read the mode the page was opened for; None when it is missing or no mode."""
    try:
        return Mode(request.GET.get("mode") or request.POST.get("mode", ""))
    except ValueError:
        return None


def _onward(page: str, mode: Mode | None) -> HttpResponseRedirect:
    query = f"?{urlencode({'mode': mode.value})}" if mode else ""
    return HttpResponseRedirect(reverse(page) + query)
