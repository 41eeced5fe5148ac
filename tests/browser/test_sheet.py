"""A sheet whose later items depend on earlier answers loses no tick to a slow network."""

import time

import pytest
from playwright.sync_api import expect

from departments.models.mechanisms import Questionnaire
from msw_portal.kernel.scope import scope
from tests.browser.watching import browsing, sign_in

NETWORK_DELAY = 1.5


@pytest.fixture
def own_database(own_matrix):
    return own_matrix


@pytest.fixture
def known(matrix_world) -> dict[str, str]:
    """The objects of the access matrix, committed; uid by kind."""
    return matrix_world.known


def test_ticks_made_while_the_sheet_is_asked_for_again_stay(known, portal, browser, hospital):
    with scope(org=hospital.pk, role="system"):
        screen = Questionnaire.objects.get(organization=hospital, code="quick_screen")

    def slowly(route) -> None:
        time.sleep(NETWORK_DELAY)
        route.continue_()

    with browsing(browser, portal) as watch:
        sign_in(watch, "worker")
        page = watch.page
        watch.go(f"/cases/{known['case']}/assessments/new/?questionnaire={screen.uid}")
        expect(page.locator("[name=item_harm_kind]")).to_have_count(0)
        page.route("**/assessments/look/**", slowly)
        with page.expect_request("**/assessments/look/**"):
            page.check("[name=item_harm][value=yes]", force=True)
        page.check("[name=item_cost][value=yes]", force=True)
        expect(page.locator("[name=item_harm_kind]").first).to_be_visible()
        expect(page.locator("[name=item_harm][value=yes]")).to_be_checked()
        expect(page.locator("[name=item_cost][value=yes]")).to_be_checked()
        assert watch.faults == []
