"""The web service."""

from fastapi import FastAPI

from atlas.positions import find_positions

app = FastAPI(title="Atlas", docs_url=None, redoc_url=None, openapi_url=None)


@app.get("/api/positions")
def positions(account: int | None = None, limit: int = 50) -> dict:
    """Positions of one account, or of all."""
    return {"positions": find_positions(account, limit)}
