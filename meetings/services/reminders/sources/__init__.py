"""The kinds of deadlines this app knows of. Importing it registers them; apps above register their own.

Months of absence are none of them: they are about a person, so they are told in the app alone, by
``services.roster.help_signs``, once at each stage and under a unique key like everything here.
"""

from meetings.services.reminders.sources import obligations, records, terms

__all__ = ["obligations", "records", "terms"]
