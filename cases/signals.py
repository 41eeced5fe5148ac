"""What the apps to the right may hear of; sent by services inside their transaction."""

from django.dispatch import Signal

consent_withdrawn = Signal()  # consent: Consent, by: User
consent_replaced = Signal()  # consent: Consent (the new one), older: Consent, by: User
case_closed = Signal()  # case: Case, by: User
case_restricted = Signal()  # case: Case (now of level 5), by: User
client_died = Signal()  # client: Client, by: User
client_merged = Signal()  # client: Client (who stands for both), by: User
client_unmerged = Signal()  # clients: the two of them again, by: User
state_aid_counted = (
    Signal()
)  # case: Case, layer: str, before, after: Decimal (yuan granted), by: User
