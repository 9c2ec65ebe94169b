"""The pages of the service: log in, ask for a video, and see what became of it."""

import asyncio
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Final

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp

from tarash.tarash_gateway import ValidationError
from tarash.tarash_gateway.webhooks import asgi_receiver

from . import orphans
from .desk import Desk
from .settings import Settings

_HERE: Final = Path(__file__).parent
_JOB: Final = re.compile(r"[0-9a-f]{16}")
_PAGES: Final = Jinja2Templates(_HERE / "templates")
# Seconds that a wrong password costs whoever guesses.
_WRONG: Final = 1.0
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class NotLoggedInError(Exception):
    """Somebody has to log in first."""


def _logged_in(request: Request) -> None:
    if not request.session.get("in"):
        raise NotLoggedInError


def _token(request: Request) -> str:
    return str(request.session.setdefault("token", secrets.token_hex(16)))


async def _own_form(request: Request, token: Annotated[str, Form()] = "") -> None:
    """Refuse a form that another site has sent."""
    if not hmac.compare_digest(token.encode(), _token(request).encode()):
        raise HTTPException(403, "this form is too old: go back, load the page again, and send it")


def _job(job: str) -> str:
    if not _JOB.fullmatch(job):
        raise HTTPException(404)
    return job


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
JobId = Annotated[str, Depends(_job)]

public = APIRouter()
private = APIRouter(dependencies=[Depends(_logged_in)])


@public.get("/login", response_class=HTMLResponse)
def login(request: Request) -> Response:
    """Show the form that asks for the password."""
    return _PAGES.TemplateResponse(request, "login.html", {"token": _token(request)})


@public.post("/login", dependencies=[Depends(_own_form)])
async def check(request: Request, desk: AtDesk, password: Annotated[str, Form()] = "") -> Response:
    """Let somebody in who knows the password."""
    if not hmac.compare_digest(password.encode(), desk.settings.password.encode()):
        await asyncio.sleep(_WRONG)
        page = {"token": _token(request), "error": "This is not the password."}
        return _PAGES.TemplateResponse(request, "login.html", page, status_code=403)
    request.session.clear()
    request.session["in"] = True
    return RedirectResponse("/", 303)


@public.get("/healthy")
def healthy(desk: AtDesk) -> dict[str, bool]:
    """Tell whether the service works, for whatever watches it."""
    desk.check()
    return {"healthy": True}


@private.post("/logout", dependencies=[Depends(_own_form)])
async def logout(request: Request) -> Response:
    """Forget who somebody is."""
    request.session.clear()
    return RedirectResponse("/login", 303)


@private.get("/", response_class=HTMLResponse)
def index(request: Request, desk: AtDesk) -> Response:
    """Show the form for a new video, and the jobs."""
    page = {
        "jobs": desk.jobs(),
        "token": _token(request),
        # The form carries the id of the job, so that a second click asks for the same one.
        "job": secrets.token_hex(8),
        "settings": desk.settings,
        # What was done is said once.
        "said": request.session.pop("said", None),
    }
    return _PAGES.TemplateResponse(request, "index.html", page)


@private.get("/jobs", response_class=HTMLResponse)
def jobs(request: Request, desk: AtDesk) -> Response:
    """Show the jobs alone."""
    page = {"jobs": desk.jobs(), "token": _token(request)}
    return _PAGES.TemplateResponse(request, "jobs.html", page)


@private.post("/jobs/{job}", dependencies=[Depends(_own_form)])
def make(job: JobId, desk: AtDesk, prompt: Annotated[str, Form()] = "") -> Response:
    """Ask for a video."""
    if not prompt.strip():
        raise HTTPException(400, "the prompt is empty: go back and write what the video shows")
    desk.make(job, prompt.strip())
    return RedirectResponse("/", 303)


@private.post("/jobs/{job}/cancel", dependencies=[Depends(_own_form)])
def cancel(request: Request, job: JobId, desk: AtDesk) -> Response:
    """Stop a job."""
    request.session["said"] = desk.cancel(job)
    return RedirectResponse("/", 303)


@private.get("/clips/{job}.mp4")
def clip(job: JobId, desk: AtDesk) -> Response:
    """Send a video."""
    file = desk.settings.clip(job)
    if not file.exists():
        raise HTTPException(404, "there is no video of this job")
    return FileResponse(file, media_type="video/mp4")


async def _log_in_first(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/login", 303)


async def _careful(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    response.headers.update(_HEADERS)
    return response


def _receivers(desk: Desk, called: dict[str, ASGIApp]) -> None:
    """Make a receiver for each provider that can call the service."""
    for provider in desk.settings.providers:
        if desk.settings.webhook_url(provider) is not None:
            # A provider that sends no webhooks is polled.
            with suppress(ValidationError):
                called[provider] = asgi_receiver(
                    provider, journal=desk.journal, on_webhook=desk.look
                )


def application(settings: Settings) -> FastAPI:
    """Return the ASGI application."""
    called: dict[str, ASGIApp] = {}
    desk = Desk(settings, called)
    _receivers(desk, called)

    @asynccontextmanager
    async def opened(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(desk.open)
        try:
            yield
        finally:
            await asyncio.to_thread(desk.close)

    app = FastAPI(lifespan=opened, openapi_url=None)
    app.state.desk = desk
    app.add_middleware(
        SessionMiddleware, secret_key=settings.session_key, same_site="strict", max_age=8 * 3600
    )
    app.middleware("http")(_careful)
    app.add_exception_handler(NotLoggedInError, _log_in_first)
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
    app.include_router(public)
    app.include_router(private)
    for provider, receiver in called.items():
        app.mount(f"/webhooks/{provider}", receiver)
    return app


def main() -> None:
    """Serve the pages on this machine."""
    orphans.end_with_parent()
    settings = Settings.of()
    uvicorn.run(application(settings), host="127.0.0.1", port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
