"""A FastAPI service with the usual mistakes, one of each kind."""

import json
import subprocess

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from shared import ACCOUNTS, database, issue, unb64

app = FastAPI(title="Fixture", debug=True)
# Starlette answers any origin with credentials allowed, as soon as a cookie is sent.
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
db = database()


@app.get("/", response_class=HTMLResponse)
def home():
    answer = HTMLResponse("<!doctype html><title>Fixture</title><h1>Positions</h1><p><a href=/greet>Greeting</a> Every position of every account, "
                          "as the desk sees it in the morning.</p><img src=/logo.png><script src=/static/app.js></script>")
    answer.set_cookie("session", "b7f3d9a2c4e85f60")
    return answer


@app.get("/static/app.js")
def script():
    return PlainTextResponse("console.log('fixture');\n//# sourceMappingURL=app.js.map\n", media_type="text/javascript")


@app.get("/api/health")
def health():
    return {"status": "DOWN", "database": "unreachable"}


@app.get("/api/health/detailed")
def detailed():
    return {"status": "ok"}


@app.post("/api/login")
async def login(request: Request):
    given = await request.json()
    if given["username"] == "admin" and given["password"] == "admin":
        return {"access_token": issue("admin", "admin")}
    role, password = ACCOUNTS.get(given["username"], ("", ""))
    if password and password == given["password"]:
        return {"access_token": issue(given["username"], role)}
    return JSONResponse({"detail": "wrong"}, 401)


def claims(request: Request):
    """Reads a token's claims and never looks at its signature."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    return json.loads(unb64(token.split(".")[1])) if token else None


@app.get("/api/whoami")
def whoami(request: Request):
    who = claims(request)
    return who if who else JSONResponse({"detail": "who?"}, 401)


@app.get("/api/portfolio")
def portfolio(request: Request):
    who = claims(request)
    return {"owner": who["sub"], "positions": 5} if who else JSONResponse({"detail": "who?"}, 401)


@app.get("/api/admin/users")
def users(request: Request):
    """Asks for a token, but for no role."""
    return {"users": sorted(ACCOUNTS)} if claims(request) else JSONResponse({"detail": "who?"}, 401)


@app.get("/api/admin/overview")
def overview():
    return {"accounts": len(ACCOUNTS), "revenue": 1200}


@app.get("/api/search")
def search(q: str):
    return [{"name": name} for (name,) in db.execute(f"select name from positions where name like '%{q}%'")]


@app.get("/api/positions")
def positions(account: str = "1", limit: int = 5):
    return [{"name": name} for (name,) in db.execute(f"select name from positions where account = {account} limit {limit}")]


@app.get("/greet", response_class=HTMLResponse)
def greet(name: str = "you"):
    return f"<!doctype html><title>Hello</title><p>Hello {name}, nice to see you here.</p>"


@app.get("/api/convert")
def convert(name: str):
    return {"out": subprocess.run(f"echo {name}", shell=True, capture_output=True, text=True, timeout=10).stdout}


@app.get("/.env")
def env():
    return PlainTextResponse("APP_ENV=production\nDATABASE_URL=postgresql://app:hunter22@db/app\nSECRET_KEY=0123456789abcdef\n")


@app.get("/api/boom")
def boom():
    raise RuntimeError("boom")
