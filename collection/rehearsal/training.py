"""A scripted supporter's way through the training and the exam.

The answers come from the protocol on the server, where a rehearsal runs; no browser ever gets them.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async

from collection.rehearsal.browser import Browser, RehearsalFailed
from study.models import Participation
from study.selectors import participation_get
from tutorial import api as tutorial

MAX_ATTEMPTS = 5


async def train(browser: Browser, passes: bool) -> None:
    """Read every page, answer its quiz, and take the exam until it is passed or no attempt is left."""
    public_id = browser.path.split("/")[2]
    participation = await sync_to_async(_participation)(public_id)
    base = f"/p/{public_id}/training/"
    for page, places in (await sync_to_async(tutorial.quiz_positions)(participation)).items():
        await browser.open(f"{base}pages/{page}/")
        for question, place in enumerate(places, start=1):
            answer = {f"q{question}-answer": place}
            await browser.submit(answer, url=f"{base}pages/{page}/questions/{question}/")
        await browser.submit({}, url=f"{base}pages/{page}/done/")
    for number in range(1, MAX_ATTEMPTS + 1):
        await _take_exam(browser, participation, base, number=number, passes=passes)
        if await sync_to_async(_is_over)(public_id):
            return


async def _take_exam(
    browser: Browser, participation: Participation, base: str, *, number: int, passes: bool
) -> None:
    await browser.submit({}, url=f"{base}exam/{number}/start/")
    places = await sync_to_async(_places)(participation, number)
    for ordinal, (right, choices) in enumerate(places, start=1):
        place = right if passes else right % choices + 1
        await browser.submit({f"q{ordinal}-answer": place}, url=f"{base}exam/{number}/questions/{ordinal}/")
    await browser.submit({}, url=f"{base}exam/{number}/submit/")


def _participation(public_id: str) -> Participation:
    found = participation_get(public_id)
    if found is None:
        raise RehearsalFailed(
            "A rehearsal runs beside the platform, on the same database; this one is another."
        )
    return found


def _places(participation: Participation, number: int) -> list[tuple[int, int]]:
    """Return, for each question of the attempt, where the right option is and how many there are."""
    attempt = tutorial.attempt_get(participation, number=number)
    if attempt is None:
        raise RehearsalFailed(f"Attempt {number} of the exam did not start.")
    sizes = {item.item_key: len(item.option_order) for item in attempt.items.all()}
    return [(place, sizes[key]) for key, place in tutorial.correct_positions(attempt).items()]


def _is_over(public_id: str) -> bool:
    participation = _participation(public_id)
    return participation.ended or tutorial.training_state(participation) == "passed"
