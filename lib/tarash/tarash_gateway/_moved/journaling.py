from tarash.tarash_gateway._moved import moved

moved(
    __name__,
    "lifecycle.journal",
    Claim="values.journal_entry",
    Journal="effects.journal",
    JournalEntry="values.journal_entry",
    PENDING="values.journal_entry",
    UnreadableEntry="values.journal_entry",
)
