"""What a browser finds fault with while a person looks at pages."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Said of every answer from 400 on. Pages that mean it (409, 422) are the tests' affair, other files are watched below.
SAID_OF_ANSWERS = "Failed to load resource: the server responded with a status of"
HOLDS_NO_ADDRESS = ("data:", "blob:", "about:")


class Complaints:
    """Everything `heard` from the pages of one context."""

    def __init__(self, context: BrowserContext, *, home: str) -> None:
        self.home = home
        self.heard: list[str] = []
        context.on("page", self._listen)
        context.on("request", self._leaves)
        context.on("response", self._is_missing)

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(SAID_OF_ANSWERS):
            self.heard.append(f"{message.location.get('url')}: {message.text}")

    def _leaves(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", *HOLDS_NO_ADDRESS)):
            self.heard.append(f"left the site for {request.url}")

    def _is_missing(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.heard.append(f"{response.status} for {response.url}")
