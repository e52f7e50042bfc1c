from meetings.management.importing import ImportCommand
from meetings.services.imports import ImportKind


class Command(ImportCommand):
    help = "Imports a roster of members."
    kind = ImportKind.ROSTER
