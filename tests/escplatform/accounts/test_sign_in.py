"""Signing in, with and without a second factor, and out."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from study.domain.staff_roles import StaffRole
from tests.support.staff import PASSWORD, code_of, give_second_factor, make_staff, sign_in

pytestmark = pytest.mark.django_db
CONVERSATIONS = "/research/conversations/"


def test_staff_signs_in_and_out(client: Client) -> None:
    make_staff("ada", password=PASSWORD)
    page = client.get(f"/research/login/?next={CONVERSATIONS}").content.decode()
    assert re.search(rf'name="next" value="{CONVERSATIONS}"', page)
    assert "Sign up" not in page
    assert sign_in(client, "ada", next=CONVERSATIONS)["Location"] == CONVERSATIONS
    assert client.get(CONVERSATIONS).status_code == 200
    assert client.post("/research/logout/")["Location"] == "/research/login/"
    assert client.get(CONVERSATIONS).status_code == 302


@pytest.mark.parametrize(("name", "password"), [("visitor", PASSWORD), ("ada", "wrong"), ("gone", PASSWORD)])
def test_whoever_may_not_sign_in_gets_the_same_answer(client: Client, name: str, password: str) -> None:
    make_staff("ada", password=PASSWORD)
    User.objects.create_user("visitor", password=PASSWORD)
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    answer = sign_in(client, name, password)
    assert answer.status_code == 200
    assert "are not correct" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_never_leads_to_another_site(client: Client) -> None:
    make_staff("ada", password=PASSWORD)
    assert sign_in(client, "ada", next="https://evil.example/")["Location"] == "/research/"


def test_the_session_is_another_one_after_signing_in(client: Client) -> None:
    make_staff("ada", password=PASSWORD)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "ada")
    assert client.session.session_key != before
    assert Client(headers={"cookie": f"sessionid={before}"}).get(CONVERSATIONS).status_code == 302


def test_home_leads_to_the_first_section_of_the_role(client: Client) -> None:
    client.force_login(make_staff("rey", StaffRole.REVIEWER))
    assert client.get("/research/")["Location"] == "/research/safety/"


def test_an_account_without_a_role_is_told_so(client: Client) -> None:
    client.force_login(User.objects.create_user("new", is_staff=True))
    assert "no role yet" in client.get("/research/").content.decode()
    assert client.get(CONVERSATIONS).status_code == 404
    assert client.get("/research/account/").status_code == 200


def test_an_app_is_asked_for_when_there_is_one(client: Client) -> None:
    secret = give_second_factor(make_staff("ada", password=PASSWORD))
    assert sign_in(client, "ada")["Location"] == "/research/login/code/"
    assert client.get(CONVERSATIONS).status_code == 302, "the password alone opens nothing"
    assert "Incorrect code" in client.post("/research/login/code/", {"code": "000000"}).content.decode()
    code = code_of(secret)
    assert client.post("/research/login/code/", {"code": code})["Location"] == "/research/"
    assert client.get(CONVERSATIONS).status_code == 200
    other = Client()
    sign_in(other, "ada")
    assert other.post("/research/login/code/", {"code": code}).status_code == 200, "a code counts once"
    assert other.get(CONVERSATIONS).status_code == 302


def test_the_apps_secret_and_the_recovery_codes_rest_encrypted() -> None:
    secret = give_second_factor(make_staff("ada"))
    assert secret not in str(Authenticator.objects.get().data)


@pytest.mark.django_db(transaction=True)
def test_where_a_factor_is_demanded_it_is_set_up_first(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    ada = make_staff("ada", password=PASSWORD)
    elsewhere = Client()
    sign_in(elsewhere, "ada")
    sign_in(client, "ada")
    setup = f"/research/account/app/?next={CONVERSATIONS.replace('/', '%2F')}"
    assert client.get(CONVERSATIONS)["Location"] == setup
    page = client.get(setup).content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    assert "data:image/svg+xml" in page
    done = client.post("/research/account/app/", {"code": code_of(secret[1])})
    assert done["Location"] == "/research/account/codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get(done["Location"]).content.decode())
    assert len(codes) == 10
    assert client.get(CONVERSATIONS).status_code == 200, "the code of the set-up counts as given"
    assert elsewhere.get(CONVERSATIONS)["Location"].startswith("/research/login/"), "older sessions are over"
    assert all(code not in str(row.data) for row in Authenticator.objects.filter(user=ada) for code in codes)
    fresh = Client()
    sign_in(fresh, "ada")
    assert fresh.post("/research/login/code/", {"code": codes[0]}).status_code == 302
    assert fresh.get(CONVERSATIONS).status_code == 200
    again = Client()
    sign_in(again, "ada")
    assert again.post("/research/login/code/", {"code": codes[0]}).status_code == 200, "each opens once"


def test_a_session_older_than_the_demand_signs_in_anew(client: Client, settings: Any) -> None:
    ada = make_staff("ada", password=PASSWORD)
    sign_in(client, "ada")
    give_second_factor(ada)
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert client.get(CONVERSATIONS)["Location"].startswith("/research/login/")


def test_a_new_password_ends_every_other_session(client: Client) -> None:
    make_staff("ada", password=PASSWORD)
    elsewhere = Client()
    sign_in(elsewhere, "ada")
    sign_in(client, "ada")
    new = "another long pass phrase"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/research/account/password/", form).status_code == 302
    assert client.get(CONVERSATIONS).status_code == 200
    assert elsewhere.get(CONVERSATIONS).status_code == 302


@pytest.mark.parametrize("weak", ["short", "123456789012", "ada-ada-ada-ada", "qwertyuiop123"])
def test_weak_passwords_are_refused(client: Client, weak: str) -> None:
    ada = make_staff("ada-ada-ada-ad", password=PASSWORD)
    sign_in(client, ada.username)
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = client.post("/research/account/password/", form)
    ada.refresh_from_db()
    assert (answer.status_code, ada.check_password(PASSWORD)) == (200, True)


def test_signing_out_everywhere_else(client: Client) -> None:
    make_staff("ada", password=PASSWORD)
    elsewhere = Client()
    sign_in(elsewhere, "ada")
    sign_in(client, "ada")
    assert client.get("/research/account/sessions/").content.decode().count("127.0.0.1") == 2
    client.post("/research/account/sessions/")
    assert elsewhere.get(CONVERSATIONS).status_code == 302
    assert client.get(CONVERSATIONS).status_code == 200


def test_guessing_is_stopped_by_name_and_address_and_never_by_name_alone(client: Client) -> None:
    make_staff("ada", password=PASSWORD)
    answers = [sign_in(client, "ada", f"guess {n}").content.decode() for n in range(8)]
    assert ["Too many failed" in answer for answer in answers] == [False] * 5 + [True] * 3
    assert "Too many failed" in sign_in(client, "ada").content.decode(), "not even with the right one"
    owner = Client(REMOTE_ADDR="198.51.100.7")
    assert sign_in(owner, "ada").status_code == 302, "who sits elsewhere is not locked out"


@pytest.mark.django_db(transaction=True)
def test_two_hundred_tries_at_once_are_stopped_as_well() -> None:
    make_staff("ada", password=PASSWORD)
    answers: list[str] = []

    def guess(number: int) -> None:
        browser = Client()
        for one in range(10):
            answer = sign_in(browser, "ada", f"guess {number} {one}")
            answers.append("limit" if answer.status_code == 429 else answer.content.decode())
        connections.close_all()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tried = [answer for answer in answers if "are not correct" in answer]
    assert len(answers) == 200
    assert len(tried) <= 6, "the limit is five"


def test_too_many_sign_ins_from_one_address_get_a_page(client: Client) -> None:
    for _try in range(30):
        client.get("/research/login/")
        answer = sign_in(client, f"name-{_try}")
    answer = sign_in(client, "name")
    assert answer.status_code == 429
    assert "a little too fast" in answer.content.decode()
