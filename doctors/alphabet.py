"""The order in which people look names up, whatever collation the database was made with."""

from citas.db.tokens import words


def alphabetical(name: str) -> list[str]:
    """Sort key: accents and case do not count ("Ávila" comes before "Zamora")."""
    return words(name)
