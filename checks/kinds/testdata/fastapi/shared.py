"""What both services share: three accounts, a table of positions, tokens."""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import time

SECRET = os.environ["FIXTURE_KEY"].encode()
ACCOUNTS = {"ada": ("user", os.environ["FIXTURE_PASSWORD"]), "grace": ("admin", os.environ["FIXTURE_PASSWORD"])}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(claims: dict) -> str:
    head = b64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = b64(json.dumps(claims).encode())
    mark = hmac.new(SECRET, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{b64(mark)}"


def issue(name: str, role: str) -> str:
    now = int(time.time())
    return sign({"sub": name, "role": role, "iss": "fixture", "aud": "fixture", "iat": now, "nbf": now, "exp": now + 900})


def database() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute("create table positions (id integer, account integer, name text)")
    db.executemany("insert into positions values (?, ?, ?)",
                   [(i, 1 + i % 3, name) for i, name in enumerate(("cotton", "copper", "cocoa", "coffee", "corn"))])
    return db
