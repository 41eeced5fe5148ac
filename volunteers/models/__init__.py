"""Django finds the classes here; everything else imports from the module that holds them."""

from volunteers.models.people import Volunteer, VolunteerRecord
from volunteers.models.service import Certificate, ServiceRecord
from volunteers.models.shifts import Post, Shift, Signup

__all__ = [
    "Certificate",
    "Post",
    "ServiceRecord",
    "Shift",
    "Signup",
    "Volunteer",
    "VolunteerRecord",
]
