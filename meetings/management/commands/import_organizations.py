from meetings.management.importing import ImportCommand
from meetings.services.imports import ImportKind


class Command(ImportCommand):
    help = "Imports a list of organizations."
    kind = ImportKind.ORGANIZATIONS
