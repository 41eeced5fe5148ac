"""What is said beside a day that was counted in working days."""

from django import template

from departments.services.workday_calendar import calendar_note

register = template.Library()
register.filter("calendar_note", calendar_note)
