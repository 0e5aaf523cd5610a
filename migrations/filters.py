"""Which tables of a database are the models' business."""

# The search's own: virtual full-text tables with their shadows, and on PostgreSQL the words beside a vector.
STORES_TABLES = ("search_postings", "search_words")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """False for the tables that the stores of the search make without a model."""
    return not (kind == "table" and name is not None and name.startswith(STORES_TABLES))
