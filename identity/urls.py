"""Pages of identity."""

from django.urls import URLPattern, path

from identity import views

urlpatterns: list[URLPattern] = [
    path("age/", views.age, name="age"),
    path("interests/", views.interests, name="interests"),
    path("account/you/", views.account, name="account"),
    path("erase/", views.erase, name="erase"),
]
