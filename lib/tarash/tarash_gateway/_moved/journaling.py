from tarash.tarash_gateway._moved import alias

alias(
    __name__,
    "lifecycle.journal",
    Claim="values.journal_entry",
    Journal="effects.journal",
    JournalEntry="values.journal_entry",
    PENDING="values.journal_entry",
    UnreadableEntry="values.journal_entry",
)
