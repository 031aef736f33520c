"""From the login to the portfolio, with the real data stores."""

import os

import httpx


def test_positions_come_from_the_database():
    with httpx.Client(base_url=os.environ["PUBLIC_URL"]) as client:
        answer = client.get("/api/positions", params={"account": 1})
    assert answer.status_code == 200
    assert answer.json()["positions"]
