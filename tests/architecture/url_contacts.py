"""Who may open what of a contact point: the cadre (here the member), those who name it, the branch."""

from tests.architecture.url_case import Case, one

# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
WRITERS = {"get": "404 200 404 403 200 200 404", "post": "404 400 404 403 400 400 404"}
CASES = [
    Case("contact_list", get="403 200 200 200 200 200 200"),
    Case("contact_create", get="403 403 403 403 200 200 200", post="403 403 403 403 400 400 400"),
    one("contact_detail", of="contact", get="404 200 404 200 200 200 404"),
    one("contact_cadre", of="contact_cadre", get="404 200 404 200 200 200 404"),
    one("contact_end", of="contact", get="404 403 404 403 200 200 404", post="404 403 404 403 400 400 404"),
    one("contact_visit", of="contact", **WRITERS),
    one("contact_hear", of="contact_visit", **WRITERS),
    one("contact_solve", of="concern", **WRITERS),
]
