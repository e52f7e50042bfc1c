"""The kinds of deadlines this app knows of. Importing it registers them; apps above register their own."""

from meetings.services.reminders.sources import absences, obligations, records, terms

__all__ = ["absences", "obligations", "records", "terms"]
