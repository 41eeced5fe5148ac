"""Numbers without gaps, and those that were taken back."""

from django.db import models

from msw_portal.kernel.db import Row, Tenanted


class NumberSequence(Row, Tenanted):
    """Taken by UPDATE ... RETURNING in the transaction of the row it numbers: no gaps."""

    kind = models.CharField(max_length=40)
    period = models.CharField(max_length=10, blank=True)
    next = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="number_sequence_once", fields=["organization", "kind", "period"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class NumberVoid(Row, Tenanted):
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="number_void_once", fields=["organization", "kind", "number"]
            )
        ]

    def __str__(self) -> str:
        return self.number
