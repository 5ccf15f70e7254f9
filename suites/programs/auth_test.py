"""Logins and tokens of a live environment, with nothing but pytest and the standard library."""
import json
import os
import urllib.error
import urllib.request

import pytest

ACCOUNTS = os.environ["CTESTBED_SERVICE_ACCOUNTS_URL"]
AUTH = os.environ["CTESTBED_SERVICE_AUTH_URL"]
PASSWORD = "correct horse"


def ask(method, url, body=None, token=None):
    """Status and JSON of the answer, whatever the status."""
    request = urllib.request.Request(
        url, method=method, data=None if body is None else json.dumps(body).encode())
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        answer = urllib.request.urlopen(request, timeout=5)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        text = answer.read()
        return answer.status, json.loads(text) if text else None


@pytest.fixture(name="account")
def fixture_account(request):
    name = f"{request.node.name}-{os.environ['CTESTBED_RUN_ID']}"
    status, account = ask("POST", f"{ACCOUNTS}/accounts", {"name": name, "password": PASSWORD})
    assert status == 201
    yield account
    ask("DELETE", f"{ACCOUNTS}/accounts/{account['id']}")


def login(account, password=PASSWORD):
    return ask("POST", f"{AUTH}/login", {"name": account["name"], "password": password})


def test_a_token_tells_whose_it_is(account):
    status, answer = login(account)
    assert status == 200
    status, who = ask("GET", f"{AUTH}/whoami", token=answer["access_token"])
    assert (status, who["id"]) == (200, account["id"])


def test_tokens_are_not_alike(account):
    tokens = {login(account)[1]["access_token"] for _ in range(3)}
    assert len(tokens) == 3


@pytest.mark.parametrize("password", ["", "wrong horse", PASSWORD.upper()])
def test_another_password_is_refused(account, password):
    status, answer = login(account, password)
    assert status in (401, 422)
    assert "access_token" not in answer


def test_no_token_is_nobody():
    assert ask("GET", f"{AUTH}/whoami")[0] == 401
    assert ask("GET", f"{AUTH}/whoami", token="0" * 64)[0] == 401
