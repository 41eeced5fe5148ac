"""The settings of the REST API: the framework, its description, the tokens."""

from django.utils.translation import gettext_lazy as _

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "departments.authentication.ScopedTokenAuthentication",
        "departments.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["departments.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "msw_portal.kernel.api.problem",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "医务社工门户 API",
    "DESCRIPTION": "Funding requests for foundations. OAuth2 client credentials for programs, the pages' session for persons; RFC 9457 problem details; "
    "amounts are CNY strings with two decimals; times are ISO 8601 with offset.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ReferralState": "cases.workflow.ReferralState",
        "FundingRequestState": "donations.workflow.RequestState",
        "RequestDocumentState": "donations.models.requests.RequestDocument.State",
        "DisbursementState": "donations.workflow.DisbursementState",
        "PaymentListState": "donations.payment_workflow.ListState",
        "PaymentLineState": "donations.payment_workflow.PaymentState",
        "DonationState": "donations.workflow.DonationState",
        "WebhookState": "donations.webhook_workflow.EndpointState",
        "ProgrammeState": "donations.models.programmes.Programme.State",
        "FundingRequestKind": "donations.models.programmes.ProgrammeVersion.Asker",
        "FundState": "donations.models.giving.Fund.State",
        "FundKind": "donations.models.giving.Fund.Kind",
        "DonationKind": "donations.models.giving.Donation.Kind",
        "DonorKind": "donations.models.giving.Donor.Kind",
    },
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/api/v1/oauth/token/",
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "funding:read": _("读取提交给本机构的救助申请"),
        "funding:review": _("审核：要求补件、提出意见"),
        "funding:approve": _("在限额内批准"),
        "money:read": _("读取本机构的基金余额、捐赠及其去向、拨付"),
        "webhooks:manage": _("登记和管理事件推送地址"),
        "episodes:write": _("送入本院病人的就诊：病区、床号、入院、手术、出院"),
        "referrals:write": _("从本院病区送入转介"),
        "referrals:read": _("查看自己送入的转介办到哪一步"),
    },
    "SCOPES_BACKEND_CLASS": "departments.oauth.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "departments.oauth.ClientValidator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "PKCE_REQUIRED": True,
    # RFC 9700 in full: above all, tokens are stored as checksums only.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOW_URI_WILDCARDS": False,
}
