"""Reading what offices send as .xlsx: rosters, organizations, ledgers of meetings.

Nothing here touches the database. A reader returns the rows it understood and, for every cell it
did not understand, a note that names the cell as the person sees it in the spreadsheet.
"""
