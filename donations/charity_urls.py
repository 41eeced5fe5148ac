"""Addresses of the charity's own facts, its funds' terms, its trusts and campaigns; the public's are apart."""

from django.urls import path

from donations.views import charities, fund_keeping, trusts
from donations.views.campaigns import figures, listing, page, planning, public, steps

urlpatterns = [
    path("charity/", charities.charity, name="charity"),
    path("charity/edit/", charities.charity_edit, name="charity_edit"),
    path("charity/qualifications/new/", charities.qualification_new, name="qualification_new"),
    path(
        "charity/qualifications/<int:pk>/end/",
        charities.qualification_end,
        name="qualification_end",
    ),
    path("funds/new/", fund_keeping.fund_new, name="fund_new"),
    path("funds/<uuid:uid>/edit/", fund_keeping.fund_edit, name="fund_edit"),
    path("funds/<uuid:uid>/steps/<slug:step>/", fund_keeping.fund_step, name="fund_step"),
    path("trusts/", trusts.trusts, name="trusts"),
    path("trusts/new/", trusts.trust_new, name="trust_new"),
    path("trusts/<uuid:uid>/", trusts.trust, name="trust"),
    path("trusts/<uuid:uid>/edit/", trusts.trust_edit, name="trust_edit"),
    path("trusts/<uuid:uid>/reports/new/", trusts.trust_report_new, name="trust_report_new"),
    path(
        "trusts/<uuid:uid>/beneficiaries/new/",
        trusts.trust_beneficiary_new,
        name="trust_beneficiary_new",
    ),
    path("campaigns/", listing.campaigns, name="campaigns"),
    path("campaigns/new/", planning.campaign_new, name="campaign_new"),
    path("campaigns/platforms/", listing.snapshots, name="snapshots"),
    path("campaigns/platforms/new/", listing.snapshot_new, name="snapshot_new"),
    path(
        "campaigns/partners/<uuid:uid>/evaluate/", steps.partner_evaluate, name="partner_evaluate"
    ),
    path("campaigns/<uuid:uid>/", page.campaign, name="campaign"),
    path("campaigns/<uuid:uid>/edit/", planning.campaign_edit, name="campaign_edit"),
    path("campaigns/<uuid:uid>/refile/", planning.campaign_refile_page, name="campaign_refile"),
    path("campaigns/<uuid:uid>/partners/new/", steps.partner_new, name="partner_new"),
    path("campaigns/<uuid:uid>/files/new/", steps.file_new, name="campaign_file"),
    path(
        "campaigns/<uuid:uid>/files/<uuid:document_uid>/",
        page.campaign_paper,
        name="campaign_paper",
    ),
    path("campaigns/<uuid:uid>/figures/", figures.figures, name="campaign_figures"),
    path("campaigns/<uuid:uid>/figures/new/", steps.stat_new, name="campaign_stat"),
    path("campaigns/<uuid:uid>/history/", page.campaign_history, name="campaign_history"),
    path("campaigns/<uuid:uid>/steps/<slug:step>/", steps.campaign_step, name="campaign_step"),
]
public_patterns = (
    [
        path("public/campaigns/<slug:slug>/", public.campaign_page, name="page"),
        path("public/campaigns/<slug:slug>/to/<slug:platform>/", public.campaign_go, name="go"),
    ],
    "campaign_public",
)
