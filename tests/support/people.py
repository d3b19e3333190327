"""What people do in a browser, step by step."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

SITUATION = (
    "My flat is being sold and I have to move out within a month, and I cannot sleep because every viewing "
    "is full and nobody ever calls me back."
)


class Person:
    """Somebody with a browser window; remembers what the page complained about."""

    def __init__(self, chromium: Browser, url: str, *, phone: bool = False) -> None:
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 850}
        self.context = chromium.new_context(viewport=size)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.url = url
        self.complaints: list[str] = []
        self.bytes: list[str] = []
        self._listen(self.page)

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("websocket", lambda ws: ws.on("framereceived", lambda data: self.bytes.append(str(data))))

    def arrive(self, path: str) -> None:
        """Open a link."""
        self.page.goto(self.url + path)

    def consent(self) -> None:
        """Agree to take part and to a release."""
        self.page.check("input[name=take_part]")
        self.page.check("input[name=public_release]")
        self.page.click("main button[type=submit]:not([name])")

    def tell_before(self, situation: str = SITUATION) -> None:
        """Answer the survey before the conversation."""
        page = self.page
        page.check("input[name=problem][value=job_crisis]")
        page.check("input[name=emotion][value=anxiety]")
        page.check("input[name=intensity][value='4']", force=True)
        page.fill("textarea[name=situation]", situation)
        page.check("input[name=experience][value=current]")
        page.click("main button[type=submit]")

    def get_ready(self) -> None:
        """Click Start when a partner is found."""
        self.page.wait_for_url("**/ready/", timeout=45_000)
        self.page.click("button[name=ready]")

    def say(self, text: str, *, strategy: str = "") -> None:
        """Send a message; the supporter chooses a strategy first."""
        if strategy:
            self.page.check(f"input[value={strategy}]", force=True)
        self.page.fill("textarea", text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("() => document.querySelector('textarea').value === ''")

    def hears(self, text: str) -> None:
        """Wait until the text stands in the conversation."""
        self.page.wait_for_selector(f"#log >> text={text}", timeout=10_000)
