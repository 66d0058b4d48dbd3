"""Pages of the chat."""

from django.urls import URLPattern, path

from chat import views

urlpatterns: list[URLPattern] = [
    path("", views.landing, name="landing"),
    path("talk/", views.talk, name="talk"),
]
