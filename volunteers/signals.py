"""What volunteers' work tells the apps at its right."""

from django.dispatch import Signal

# record=ServiceRecord, by=User: hours count from now on, or count differently.
service_confirmed = Signal()
