"""The same FastAPI service, built with care."""

import hashlib
import hmac
import html
import json
import time
from collections import defaultdict, deque

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from shared import ACCOUNTS, SECRET, database, issue, unb64

app = FastAPI(title="Fixture", openapi_url=None, docs_url=None, redoc_url=None)
db = database()
calls = defaultdict(deque)


def problem(status: int, title: str, headers=None):
    return JSONResponse({"title": title, "status": status}, status, headers, media_type="application/problem+json")


@app.exception_handler(StarletteHTTPException)
async def refused(request: Request, e: StarletteHTTPException):
    return problem(e.status_code, str(e.detail), e.headers)


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, e: RequestValidationError):
    return problem(422, "Some value is not what this route takes.")


def limited(request: Request):
    """Twenty calls in ten seconds a caller and route."""
    recent, now = calls[request.client.host + request.url.path], time.monotonic()
    while recent and now - recent[0] > 10:
        recent.popleft()
    if len(recent) >= 20:
        raise HTTPException(429, "Too many requests.", {"Retry-After": "10"})
    recent.append(now)


def visitor(request: Request):
    """Checks shape, algorithm, signature, times, issuer and audience; every fault is the same 401."""
    try:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        head, body, mark = token.split(".")
        assert scheme.lower() == "bearer" and json.loads(unb64(head)) == {"alg": "HS256", "typ": "JWT"}
        assert hmac.compare_digest(unb64(mark), hmac.new(SECRET, f"{head}.{body}".encode(), hashlib.sha256).digest())
        who, now = json.loads(unb64(body)), time.time()
        assert who["iss"] == who["aud"] == "fixture" and who["nbf"] <= now + 5 and who["exp"] > now
        return who
    except Exception:
        raise HTTPException(401, "Sign in.", {"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None


def admin(who=Depends(visitor)):
    if who["role"] != "admin":
        raise HTTPException(403, "Only for administrators.")
    return who


@app.get("/", response_class=HTMLResponse)
def home():
    answer = HTMLResponse('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fixture</title>'
                          '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/app.css"></head>'
                          "<body><h1>Positions</h1><p><a href=/greet>Greeting</a> Every position of every account, as the desk sees it in the morning, with "
                          "its worth and the day on which it was opened.</p></body></html>")
    answer.set_cookie("__Host-session", "b7f3d9a2c4e85f60", secure=True, httponly=True, samesite="lax")
    return answer


@app.get("/static/app.css")
def style():
    return PlainTextResponse("body{margin:1rem;font:1rem/1.5 sans-serif}", media_type="text/css",
                             headers={"Cache-Control": "public, max-age=86400"})


@app.get("/api/health")
def health():
    db.execute("select 1")
    return JSONResponse({"status": "pass"}, headers={"Cache-Control": "no-store"})


@app.get("/api/health/detailed")
def detailed():
    db.execute("select 1")
    return JSONResponse({"status": "pass", "checks": {"database:ready": [{"status": "pass"}]}}, headers={"Cache-Control": "no-store"})


@app.post("/api/login", dependencies=[Depends(limited)])
async def login(request: Request):
    try:
        given = json.loads(await request.body())
        name, password = str(given["username"]), str(given["password"])
    except Exception:
        raise HTTPException(400, "Send username and password as JSON.") from None
    role, known = ACCOUNTS.get(name, ("", ""))
    if not known or not hmac.compare_digest(known.encode(), password.encode()):
        raise HTTPException(401, "Wrong name or password.", {"WWW-Authenticate": "Bearer"})
    return JSONResponse({"access_token": issue(name, role)}, headers={"Cache-Control": "no-store"})


def private(body):
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@app.get("/api/whoami")
def whoami(who=Depends(visitor)):
    return private(who)


@app.get("/api/portfolio")
def portfolio(who=Depends(visitor)):
    return private({"owner": who["sub"], "positions": 5})


@app.get("/api/admin/users")
def users(who=Depends(admin)):
    return private({"users": sorted(ACCOUNTS)})


@app.get("/api/admin/overview")
def overview(who=Depends(admin)):
    return private({"accounts": len(ACCOUNTS), "revenue": 1200})


@app.get("/api/search", dependencies=[Depends(limited)])
def search(q: str = Query(max_length=100)):
    return [{"name": name} for (name,) in db.execute("select name from positions where name like ?", (f"%{q}%",))]


@app.get("/api/positions")
def positions(account: int = Query(1, ge=1), limit: int = Query(5, ge=1, le=200)):
    return [{"name": name} for (name,) in db.execute("select name from positions where account = ? limit ?", (account, limit))]


@app.get("/greet", response_class=HTMLResponse)
def greet(name: str = Query("you", max_length=2000)):
    return f'<!doctype html><html lang="en"><title>Hello</title><p>Hello {html.escape(name)}, nice to see you here.</p></html>'


@app.get("/api/convert")
def convert(name: str = Query(max_length=2000)):
    return {"out": name + "\n"}


class Guarded:
    """The outermost layer: five headers on every answer, errors included, and a limit for bodies."""

    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.inner(scope, receive, send)
        size = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if int(size) > 65536:
            return await problem(413, "At most 64 KiB.")(scope, receive, self.adding(send))
        await self.inner(scope, receive, self.adding(send))

    @staticmethod
    def adding(send):
        async def wrapped(message):
            if message["type"] == "http.response.start":
                message["headers"] = list(message["headers"]) + [
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"strict-origin-when-cross-origin"),
                    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
                    (b"cross-origin-opener-policy", b"same-origin"),
                    (b"cross-origin-resource-policy", b"same-origin"),
                    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
                    (b"content-security-policy", b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
                ]
            await send(message)
        return wrapped


app.add_middleware(CORSMiddleware, allow_origins=["https://desk.example"], allow_credentials=True)
guarded = Guarded(app)
