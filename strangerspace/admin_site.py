"""Django application of the admin; the site itself is `staff_admin`.

Apart from it because an application is named before any model can be loaded.
"""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Makes `StaffAdminSite` the default site."""

    default_site = "strangerspace.staff_admin.StaffAdminSite"
