"""What this app tells those to its right; sent inside the transaction."""

from django.dispatch import Signal

membership_ended = Signal()  # membership=, by=
membership_ending = Signal()  # membership=: daily, while its last day is near or just over
credential_expiring = Signal()  # credential=: in the daily scope of its house, once
# credential=, keeper=: a body's credential ends soon; in the daily scope of the house that keeps it, once
qualification_expiring = Signal()
moved = (
    Signal()
)  # subject=, workflow=, step=, before=: a status has changed, sent with its transition
message_written = Signal()  # subject=, message=: a line of the conversation of two houses
