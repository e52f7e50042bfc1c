"""Reminders: a ledger of announcements, the notices written with it, and letters as copies.

``plan`` compares what is due with what was said, ``announce`` writes, ``resolve`` takes back, ``claim``
and ``send`` carry letters to the mail server, ``run`` does all of it once.
"""
