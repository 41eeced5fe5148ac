"""What happens in the other house, and what a consent's withdrawal does here."""


def connect() -> None:
    """Listen to the signals of cases; called once from AppConfig.ready."""
