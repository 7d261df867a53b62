"""What our pages have to look like, on a phone and a desk, in the light and in the dark."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2,
              "is_mobile": True, "has_touch": True},
    "phone-dark": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2,
                   "is_mobile": True, "has_touch": True},
}  # fmt: skip


def inspect(page: Page, look: str, name: str, screenshots: Path) -> None:
    """Keeps a picture, and checks what every page has to be."""
    page.screenshot(path=screenshots / f"{name}-{look}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing sticks out sideways"
    assert page.locator("h1").count() == 1
    assert page.title() and page.evaluate("document.documentElement.lang")
    for field in page.locator("input:not([type=hidden])").all():
        assert field.evaluate("(field) => field.labels.length > 0 || field.ariaLabel"), "every field has a label"
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box and box["height"] >= 40, "big enough for a thumb"
    assert _contrast(page) >= 4.5, "text stands out from its background (WCAG AA)"


def _contrast(page: Page) -> float:
    """Contrast ratio of the heading's colour and what lies behind it (WCAG 2.2, relative luminance)."""
    return page.evaluate(
        """() => {
            const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => {
                const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
                return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
            };
            const text = document.querySelector('h1');
            let behind = text;
            while (behind.parentElement) {
                const [, , , alpha = 1] = channels(getComputedStyle(behind).backgroundColor);
                if (alpha > 0) break;
                behind = behind.parentElement;
            }
            const background = channels(getComputedStyle(behind).backgroundColor);
            const a = luminance(channels(getComputedStyle(text).color));
            const b = luminance(background[3] === 0 ? [255, 255, 255] : background);
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        }"""
    )
