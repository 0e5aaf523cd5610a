"""Two custodians of two departments, through the real forms."""

from flask import Flask

from tests.support.officer import Officer
from tests.support.page import Page

BASIS = "行政复议法第四十四条"


def request_path(person: Officer, number: str) -> str:
    """/desk/identity/<request> of the living request for a case."""
    (action,) = set(
        person.get("/desk/identity").find(
            f"//section[@aria-label='{number}']//form[contains(@action, '/refuse')]/@action"
        )
    )
    return str(action).removesuffix("/refuse")


def proposed(app: Flask, number: str, purpose: str) -> tuple[Officer, str]:
    """The first custodian, and the request."""
    first = Officer(app, "custodian")
    first.post("/desk/identity", case_number=f" {number.lower()} ", purpose=purpose, basis=BASIS)
    return first, request_path(first, number)


def opened_by_two(app: Flask, number: str, purpose: str) -> tuple[Page, Officer, str]:
    """What the first one sees after the second one's consent."""
    first, path = proposed(app, number, purpose)
    Officer(app, "second_custodian").post(f"{path}/agree", at="/desk/identity")
    return first.post(f"{path}/open", at="/desk/identity"), first, path
