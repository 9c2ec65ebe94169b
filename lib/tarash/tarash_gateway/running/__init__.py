"""The only code that sends, sleeps and reports."""
