"""Every outcome, reached in a browser, ends on its page with its status, its code and its ledger rows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.field import STOP, Field, answer, go_on, leave, meet, public_id
from tests.support.learner import take_training


def test_who_was_left_tries_another_partner_and_completes(field: Field) -> None:
    seeker, supporter = field.pair()
    leave(supporter)
    # The one who left may leave the questions out.
    supporter.page.click("text=Leave study")
    supporter.page.click("button[name=leave]")
    field.check_end(supporter, "left_early", "01", {"outcome:left_early": "1.30"})

    expect(seeker.page.locator("#ended-again")).to_be_visible()
    go_on(seeker)
    answer(seeker, seeker=True)
    seeker.page.wait_for_url("**/again/")
    seeker.page.reload()
    seeker.page.click("button[name=again]")
    seeker.page.wait_for_url("**/lobby/")
    seeker.page.go_back()
    seeker.page.wait_for_url("**/lobby/")

    second = field.arrive("supporter", name="trained")
    second.consent()
    meet(seeker, second)
    seeker.say("Somebody else was here before and had to go.")
    second.hears("Somebody else was here before")
    seeker.page.click("#end-button")
    seeker.page.click("[data-end=finish]")
    seeker.page.wait_for_url("**/after/")
    go_on(second)
    answer(seeker, seeker=True)
    answer(second, seeker=False)
    both = {"outcome:partner_left": "6.80", "outcome:completed": "6.80"}
    field.check_end(seeker, "completed", "03", both)
    field.check_end(second, "completed", "03", {"outcome:completed": "6.80"})


def test_a_silent_partner_is_asked_and_then_left_without_loss(field: Field) -> None:
    seeker, supporter = field.pair()
    seeker.say("I am here and I wait.")
    still, free = supporter.page.locator("#still-there-dialog"), seeker.page.locator("#leave-free-button")
    field.let_silence_pass("supporter", 150)
    expect(still).to_be_visible()
    supporter.page.click("#extend-button")
    expect(seeker.page.locator("#partner-gate-text")).to_contain_text("asked for a little more time")
    # Without the extension the three minutes would be over now; with it, the question comes once more.
    field.let_silence_pass("supporter", 90)
    expect(free).to_have_attribute("aria-disabled", "true")
    field.let_silence_pass("supporter", 35)
    expect(still).to_be_visible()
    expect(supporter.page.locator("#extend-button")).to_be_hidden()
    field.let_silence_pass("supporter", 60)
    expect(free).to_have_attribute("aria-disabled", "false")
    seeker.page.click("#leave-free-button")
    seeker.page.wait_for_url("**/after/")
    go_on(supporter)
    answer(supporter, seeker=False)
    field.check_end(supporter, "left_early", "01", {"outcome:left_early": "1.30"})
    answer(seeker, seeker=True)
    seeker.page.click("button[name=finish]")
    field.check_end(seeker, "partner_left", "02", {"outcome:partner_left": "6.80"})


def test_a_safety_exit_is_paid_in_full_and_the_partner_learns_only_that_it_is_over(field: Field) -> None:
    seeker, supporter = field.pair()
    seeker.page.click("text=Need help now?")
    seeker.page.click("#safety-form button")
    seeker.page.wait_for_url("**/after/")
    answer(seeker, seeker=True)
    field.check_end(seeker, "safety_exit", "", {"outcome:safety_exit": "6.80"})
    expect(supporter.page.locator("#ended-reason")).to_have_text(
        "Your partner had to leave. This does not count against you.", timeout=15_000
    )
    go_on(supporter)
    answer(supporter, seeker=False)
    supporter.page.click("button[name=finish]")
    field.check_end(supporter, "partner_left", "02", {"outcome:partner_left": "6.80"})


def test_a_fault_of_ours_pays_both_and_offers_both_another_partner(field: Field) -> None:
    seeker, supporter = field.pair()
    conversation = field.rows("SELECT public_id FROM collection_conversation ORDER BY id DESC LIMIT 1")[0][0]
    field.live.manage("shell", "-c", STOP.format(public_id=conversation))
    for person, is_seeker in ((seeker, True), (supporter, False)):
        expect(person.page.locator("#ended-reason")).to_contain_text("on our side", timeout=15_000)
        go_on(person)
        answer(person, seeker=is_seeker)
        person.page.click("button[name=finish]")
        field.check_end(person, "technical_failure", "", {"outcome:technical_failure": "6.80"})


def test_withdrawing_in_the_chat_ends_it_and_the_partner_is_paid(field: Field) -> None:
    seeker, supporter = field.pair()
    mine = public_id(seeker)
    seeker.say("This is taken back.")
    supporter.hears("This is taken back")
    seeker.page.goto(f"{seeker.url}/p/{mine}/withdraw/")
    seeker.page.check("input[name=confirm]")
    seeker.page.click("main form button[type=submit]")
    expect(seeker.page.locator("main")).to_contain_text("W-")
    seeker.page.goto(f"{seeker.url}/p/{mine}/")
    field.check_end(seeker, "withdrawn", "", {"outcome:withdrawn": "1.30"})
    assert field.rows("SELECT id FROM collection_utterance WHERE text LIKE '%taken back%'") == []
    go_on(supporter)
    answer(supporter, seeker=False)
    supporter.page.click("button[name=finish]")
    field.check_end(supporter, "partner_left", "02", {"outcome:partner_left": "6.80"})


def test_whoever_goes_no_further_than_the_lobby_ends_on_the_right_page_too(field: Field) -> None:
    declined = field.arrive("seeker")
    declined.page.click("button[name=decline]")
    field.check_end(declined, "no_consent", "", {})

    alone = field.arrive("seeker", phone=True)
    alone.consent()
    alone.tell_before()
    alone.page.wait_for_url("**/lobby/")
    alone.page.locator("button[name=leave]:visible").last.click()
    field.check_end(alone, "no_match", "", {"outcome:no_match": "1.30"})

    away = field.arrive("seeker")
    away.consent()
    away.page.wait_for_url("**/before/")
    field.let_days_pass(away)
    away.page.wait_for_timeout(6_000)  # the sweep comes every five seconds
    away.page.reload()
    field.check_end(away, "timed_out", "", {"outcome:timed_out": "1.30"})


def test_the_training_alone_ends_as_passed_or_failed_and_is_paid_either_way(field: Field) -> None:
    fails = field.arrive("training")
    fails.consent()
    take_training(fails, right=False)
    expect(fails.page.locator("h1")).to_have_text("You did not pass this time")
    fails.page.goto(f"{fails.url}/p/{public_id(fails)}/")
    field.check_end(fails, "failed_training", "00", {"training": "6.00"})

    # Who is qualified already is done at once; passing page by page is `test_conversation`'s.
    passed = field.arrive("training", name="trained")
    passed.consent()
    field.check_end(passed, "passed_training", "", {})
