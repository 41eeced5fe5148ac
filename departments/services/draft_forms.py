"""The forms that keep drafts: what each is called, and the page on which it is opened again.

A form stands under its draft's name, or under the longest beginning of it that ends with a hyphen;
the rest of the name is then its code (a sheet, a kind). Every app's forms stand here, by the names
of their addresses: whoever typed finds all of it in one list.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models.mechanisms import Draft
from msw_portal.kernel.instruments.catalogue import SHIPPED, SLOTS

# Every questionnaire the portal knows, by its code.
SHEETS = {code: one for (code, _version), one in SLOTS.items()} | SHIPPED


@dataclass(frozen=True)
class Form:
    """`title` may hold `%(code)s`, `words` are those of single codes.

    `address` takes the subject and, with `takes_code`, the code; `asks` is the parameter that chooses
    by the code instead.
    """

    title: str | Promise
    address: str
    takes_code: bool = False
    asks: str = ""
    words: Mapping[str, str | Promise] = field(default_factory=dict)


FORMS: dict[str, Form] = {
    "privacy-record-": Form(_("隐私登记册"), "privacy:new", takes_code=True),
    "privacy-record_edit": Form(_("隐私登记册"), "privacy:edit"),
    "cases-accept": Form(_("接案"), "cases:accept"),
    "cases-open": Form(_("开案"), "cases:open"),
    "cases-contact": Form(_("过程记录"), "cases:contact_new"),
    "cases-contact_amend": Form(_("过程记录"), "cases:contact"),
    "cases-need": Form(_("需求"), "cases:need_add"),
    "cases-assessment-": Form(
        _("评估"),
        "cases:assessment_new",
        asks="sheet",
        words={code: one["zh"] for code, one in SHEETS.items()},
    ),
    "cases-assessment_amend": Form(_("评估"), "cases:assessment"),
    "projects-survey": Form(_("新建调研"), "surveys:survey_new"),
    "projects-survey_edit": Form(_("修改设计"), "surveys:survey_edit"),
    "projects-sample_group": Form(_("加一类样本"), "surveys:group_new"),
    "projects-sample_group_edit": Form(_("修改样本类"), "surveys:group_edit"),
    "projects-sample_unit": Form(_("登记样本"), "surveys:unit_new"),
    "projects-survey_sheet": Form(_("录入纸质问卷"), "surveys:sheet_new"),
    "projects-survey_findings": Form(_("写结果"), "surveys:findings"),
    "projects-survey_advice": Form(_("写一条建议"), "surveys:advice_new"),
    "projects-action": Form(_("新的行动"), "surveys:action_new"),
    "projects-action_edit": Form(_("修改行动"), "surveys:action_edit"),
    "projects-questionnaire_head": Form(_("卷首与计分"), "surveys:questionnaire_head"),
    "projects-item": Form(_("加一题"), "surveys:item_new"),
    "projects-item_edit-": Form(_("改一题"), "surveys:item_edit", takes_code=True),
    "projects-entry-": Form(_("登记册条目"), "registers:entry_new", takes_code=True),
    "projects-entry_edit": Form(_("登记册条目"), "registers:entry_edit"),
    "projects-entry_party": Form(_("加参与方"), "registers:party_new"),
    "projects-entry_link": Form(_("加关联"), "registers:link_new"),
    "projects-checklist-": Form(_("自查清单"), "registers:checklist_point", takes_code=True),
    "cases-resource": Form(_("登记资源"), "cases:resource_new"),
    "cases-resource_edit": Form(_("修改资源"), "cases:resource_edit"),
    "cases-resource_place": Form(_("服务地点"), "cases:place_new"),
    "cases-plan": Form(_("服务计划"), "cases:plan_new"),
    "cases-closing": Form(_("结案报告"), "cases:propose_closing"),
    "cases-alert": Form(_("风险预警"), "cases:alert_resolve"),
    "cases-form-": Form(_("表单 %(code)s"), "cases:form_write", takes_code=True),
    "cases-correct-": Form(_("更正表单 %(code)s"), "cases:form_correct"),
    "cases-drawing-": Form(
        _("生态图"), "cases:drawing_edit", takes_code=True, words={"genogram": _("家庭结构图")}
    ),
    "cases-calculation-": Form(_("费用计算"), "cases:calculation_edit", takes_code=True),
    "cases-milestone": Form(_("全程日期"), "cases:milestone_new"),
    "cases-outsider": Form(_("写入医护或志愿者"), "cases:outsider_add"),
    "cases-consent-": Form(_("同意书"), "cases:consent_new"),
    "cases-consent_person-": Form(_("同意书"), "cases:client_consent_new"),
    "cases-consent_again-": Form(_("同意书"), "cases:consent_renew"),
    "cases-consent_asked-": Form(_("同意书"), "cases:outgoing_send"),
    "cases-basis-": Form(_("处理依据"), "cases:consent_basis"),
    "cases-basis_person-": Form(_("处理依据"), "cases:client_consent_basis"),
    "donations-disclosure": Form(_("信息公开的草稿"), "donations:disclosure_draft"),
    "donations-disclosure_correct": Form(_("信息公开的更正"), "donations:disclosure_correct"),
    "donations-charity_event": Form(_("重大事项"), "donations:charity_event_new"),
    "donations-charity_year": Form(_("年度收支资料"), "donations:charity_year_edit"),
    "volunteers-hours": Form(_("补记服务"), "hours:enter"),
    "volunteers-hours_amend": Form(_("改时间"), "hours:amend"),
    "volunteers-hours_correct": Form(_("处理更正申请"), "hours:correct"),
    "cases-report": Form(_("强制报告"), "cases:report_new"),
    "cases-report-sheet": Form(_("强制报告表"), "cases:report_edit"),
    "cases-report-tell": Form(_("登记向谁报告"), "cases:report_tell"),
    "cases-report-follow": Form(_("跟进强制报告"), "cases:report_follow"),
    "cases-register": Form(_("接案登记"), "cases:register"),
    "cases-amend": Form(_("更正资料"), "cases:client_amend"),
    "cases-related": Form(_("家属"), "cases:related_add"),
    "cases-episode": Form(_("就诊"), "cases:episode_new"),
    "cases-flag": Form(_("接触前提示"), "cases:flag_new"),
    "cases-referral": Form(_("转介"), "cases:referral_new"),
    "cases-own_referral": Form(_("转介患者"), "cases:own_referral_new"),
    "cases-outgoing": Form(_("转介给他处"), "cases:outgoing_new"),
    "cases-outgoing_edit": Form(_("修改转介单"), "cases:outgoing_edit"),
    "cases-activity-": Form(_("探访与咨询"), "cases:activity_new", takes_code=True),
    "donations-version": Form(_("救助项目的版本"), "donations:version_edit"),
    "cases-state_aid": Form(_("申请国家救助"), "cases:state_aid_new"),
    "cases-state_aid_edit": Form(_("国家救助的材料与日期"), "cases:state_aid_edit"),
    "cases-supervision_case": Form(_("列入讨论的个案"), "cases:supervision_case_new"),
    "cases-group_new-": Form(
        _("小组计划书"),
        "cases:group_new",
        takes_code=True,
        words={"association": _("病友会计划书")},
    ),
    "cases-group_edit": Form(_("小组计划书"), "cases:group_edit"),
    "cases-group_member": Form(_("登记组员"), "cases:group_member_new"),
    "cases-group_answers-": Form(
        _("组员量表"),
        "cases:group_answers_new",
        takes_code=True,
        words={code: one["zh"] for code, one in SHEETS.items()},
    ),
    "cases-group_session": Form(_("加一节"), "cases:group_session_new"),
    "cases-group_session_edit": Form(_("小组各节安排"), "cases:group_session_edit"),
    "cases-group_record": Form(_("小组过程记录"), "cases:group_record"),
    "cases-group_summary": Form(_("小组总结报告"), "cases:group_summary"),
    "cases-event": Form(_("活动计划书"), "cases:event_new"),
    "cases-event_edit": Form(_("活动计划书"), "cases:event_edit"),
    "cases-event_sign_in": Form(_("签到"), "cases:event_sign_in"),
    "cases-event_record": Form(_("活动记录"), "cases:event_record"),
    "cases-event_summary": Form(_("活动总结"), "cases:event_summary"),
    "cases-hand_over": Form(_("批量移交"), "cases:hand_over"),
    "cases-settings": Form(_("部门设置"), "cases:settings"),
    "cases-subject-request": Form(_("权利请求"), "cases:subject_request_new"),
    "cases-subject_request_answer": Form(_("答复权利请求"), "cases:subject_request_answer"),
    "cases-subject_request_correct": Form(_("登记更正"), "cases:subject_request_correct"),
    "volunteers-volunteer": Form(_("登记志愿者"), "volunteers:volunteer_new"),
    "volunteers-volunteer_edit": Form(_("修改志愿者档案"), "volunteers:volunteer_edit"),
    "volunteers-fact-": Form(
        _("志愿者的记录"),
        "volunteers:fact_new",
        takes_code=True,
    ),
    "volunteers-post": Form(_("新岗位"), "volunteers:post_new"),
    "volunteers-post_edit": Form(_("修改岗位"), "volunteers:post_edit"),
    "volunteers-shift": Form(_("排班"), "volunteers:shift_new"),
    "volunteers-shift_edit": Form(_("修改排班"), "volunteers:shift_edit"),
    "volunteers-profile": Form(_("我的资料"), "volunteers:profile"),
    "projects-call": Form(_("新的征集"), "calls:new"),
    "projects-call_edit": Form(_("修改征集"), "calls:edit"),
    "projects-call_amend": Form(_("发布更正"), "calls:amend"),
    "projects-part-": Form(_("征集的一部分"), "calls:part", takes_code=True),
    "projects-fields-": Form(_("申报书要填的项"), "calls:fields", takes_code=True),
    "projects-begin": Form(_("开始申报"), "applications:begin"),
    "projects-section-": Form(_("申报书"), "applications:section", takes_code=True),
    "projects-invite": Form(_("邀请单位联合申报"), "applications:invite"),
    "projects-resubmit": Form(_("提交补正"), "applications:resubmit"),
    "projects-merge": Form(_("合并到另一份申报"), "applications:merge"),
    "departments-notices": Form(_("通知设置"), "departments:notification_settings"),
    "departments-department": Form(_("增加一个部门"), "departments:departments"),
    "departments-department_change": Form(_("登记事项"), "departments:department"),
    "departments-department_new": Form(_("登记部门"), "departments:department_new"),
    "departments-station_new": Form(_("登记社工站"), "departments:station_new"),
    "departments-organization": Form(_("登记机构"), "departments:organization_new"),
    "departments-organization_change": Form(_("修改登记事项"), "departments:organization_change"),
    "departments-rename": Form(pgettext_lazy("action", "更名"), "departments:organization_rename"),
    "departments-former_name": Form(_("补记曾用名称"), "departments:organization_name"),
    "departments-link": Form(_("登记关系"), "departments:organization_link"),
    "departments-credential": Form(
        _("登记资格、评级或称号"), "departments:organization_credential"
    ),
    "departments-practice_base": Form(_("登记实习基地协议"), "departments:practice_base_new"),
    "departments-placement": Form(_("登记一批实习"), "departments:practice_base"),
    "departments-invite": Form(_("开通账户"), "departments:invite"),
    "departments-api_client": Form(_("新建接口客户端"), "departments:api_client_new"),
    "departments-review": Form(_("账户复核"), "departments:review"),
    "departments-holiday": Form(_("节假日"), "departments:console_holidays"),
    "departments-rule": Form(_("新的规则"), "departments:console_rules"),
    "departments-codes-": Form(_("新的代码"), "departments:console_codes", takes_code=True),
    "departments-code-": Form(_("修改代码"), "departments:console_code", takes_code=True),
    "departments-profile": Form(_("登记一个岗位"), "departments:profile_new"),
    "departments-profile_change": Form(_("修改岗位"), "departments:profile_change"),
    "departments-credential-": Form(_("证书与登记"), "departments:credential_new", takes_code=True),
    "departments-learning-": Form(_("安排督导或培训"), "departments:learning_new", takes_code=True),
    "departments-learning_change": Form(_("修改督导或培训的安排"), "departments:learning_change"),
    "departments-learning_record": Form(_("督导或培训的记录"), "departments:learning_hold"),
    "departments-census": Form(_("年报"), "departments:census_edit"),
    "departments-census-": Form(_("年报"), "departments:census_edit", asks="part"),
    "reports-schedule": Form(_("新的定时报表"), "reports:schedule_new"),
    "reports-schedule_edit": Form(_("定时报表"), "reports:schedule"),
    "reports-published": Form(_("登记公布数字"), "reports:published_new"),
    "reports-text": Form(_("报告文稿"), "reports:text"),
    "reports-sheet": Form(_("上报表的对应"), "reports:sheet"),
    "reports-published_why": Form(_("公布数字的说明"), "reports:published_one"),
    "departments-published": Form(_("公布值"), "departments:census_published"),
    "departments-columns": Form(_("对应列"), "departments:import_columns"),
    "donations-request": Form(_("救助申请"), "donations:request_edit"),
    "projects-enter": Form(_("登记项目"), "projects:enter"),
    "projects-amend": Form(_("项目资料"), "projects:amend"),
    "projects-indicator": Form(_("项目指标"), "projects:indicator_new"),
    "projects-budget": Form(_("项目预算"), "projects:budget_new"),
    "projects-event-": Form(_("项目记录"), "projects:event_new", takes_code=True),
    "projects-finish": Form(_("登记完成"), "projects:event_finish"),
    "projects-coaching": Form(_("辅导记录"), "projects:coaching_new"),
    "projects-change": Form(_("变更申请"), "projects:change_new"),
    "projects-report": Form(_("进展报告"), "projects:report"),
    "projects-kit": Form(_("复制包"), "projects:kit_new"),
    "projects-profile": Form(_("计划介绍"), "projects:profile_edit"),
    "projects-contract": Form(_("购买合同"), "projects:contract_new"),
    "projects-assess": Form(_("年度评估"), "projects:assess"),
    "donations-project-request": Form(_("资金申请"), "donations:request_edit"),
    "donations-supplement": Form(_("补件"), "donations:request_supplement"),
    "donations-appeal": Form(_("申请复核或投诉"), "donations:appeal_new"),
    "donations-appeal-answer": Form(_("答复复核或投诉"), "donations:appeal_answer"),
    "donations-ask-supplement": Form(_("要求补件"), "donations:ask_supplement"),
    "donations-review": Form(_("救助审核意见"), "donations:review_act"),
    "donations-assess": Form(_("救助申请的社工评估"), "donations:request_assess"),
    "donations-opine": Form(_("救助申请的医院意见"), "donations:request_opine"),
    "donations-decide": Form(_("评审会决定"), "donations:decide"),
    "donations-invoice": Form(_("登记票据"), "donations:request_invoice"),
    "donations-revisit": Form(_("登记回访"), "donations:request_revisit"),
    "donations-intake": Form(_("到货验收"), "goods:intake_new"),
    "donations-lot": Form(_("加一批物资"), "goods:intake_lot_new"),
    "donations-value": Form(_("物资计价"), "goods:lot_value"),
    "donations-transfer": Form(_("物资调拨"), "goods:transfer"),
    "donations-people": Form(_("加领取人"), "goods:people_new"),
    "donations-line-give": Form(_("新登记一笔捐赠"), "books:line_give"),
    "donations-objection": Form(_("答复异议"), "donations:objection"),
    "donations-check_rule": Form(_("抽查规则"), "payments:rule"),
    "donations-payee": Form(_("更正收款账户"), "donations:request_payee"),
    "donations-check": Form(_("拨付后核查的结果"), "payments:check_record"),
    "donations-prepare": Form(_("开拨付单"), "donations:prepare"),
    "donations-charity": Form(_("慈善组织资料"), "donations:charity_edit"),
    "donations-qualification": Form(_("登记一项资格"), "donations:qualification_new"),
    "donations-fund": Form(_("建立基金"), "donations:fund_new"),
    "donations-fund_edit": Form(_("修改基金"), "donations:fund_edit"),
    "donations-trust": Form(_("登记慈善信托"), "donations:trust_new"),
    "donations-trust_edit": Form(_("修改慈善信托"), "donations:trust_edit"),
    "donations-trust_report": Form(_("登记年度报告"), "donations:trust_report_new"),
    "donations-trust_beneficiary": Form(_("登记受益人"), "donations:trust_beneficiary_new"),
    "experts-expert": Form(_("加入专家"), "experts:expert_new"),
    "experts-expert_edit": Form(_("修改专家"), "experts:expert_edit"),
    "experts-appoint": Form(_("新的聘任"), "experts:appoint"),
    "experts-profile": Form(_("领域与利益关系"), "experts:profile"),
    "experts-review": Form(_("评分"), "experts:review"),
    "experts-plan": Form(_("评审规则"), "experts:plan"),
    "experts-check": Form(_("形式审查"), "experts:check"),
    "experts-conflict": Form(_("登记回避"), "experts:conflict_new"),
    "experts-sheet": Form(_("评分表"), "experts:sheet"),
    "donations-campaign": Form(_("新的募捐活动"), "donations:campaign_new"),
    "donations-campaign_edit": Form(_("修改募捐方案"), "donations:campaign_edit"),
    "donations-campaign_refile": Form(_("变更备案"), "donations:campaign_refile"),
    "donations-campaign_partner": Form(_("合作方与协议"), "donations:partner_new"),
    "donations-campaign_stat": Form(_("登记传播数字"), "donations:campaign_stat"),
    "donations-snapshot": Form(_("登记平台数字"), "donations:snapshot_new"),
    "donations-donation": Form(_("登记捐赠"), "donations:donation_new"),
    "donations-pledge": Form(_("登记承诺"), "donations:donation_pledge"),
    "donations-offer": Form(_("登记非货币捐赠"), "donations:donation_offer"),
    "donations-receive": Form(_("登记到账"), "donations:donation_receive"),
    "donations-accept": Form(_("验收计价"), "donations:donation_accept"),
    "donations-donor": Form(_("登记捐赠人"), "donations:donor_new"),
    "donations-donor_edit": Form(_("捐赠人资料"), "donations:donor_edit"),
    "donations-donor_contact": Form(_("捐赠人的联系人"), "donations:donor_contact_new"),
    "donations-agreement": Form(_("拟定协议"), "donations:agreement_new"),
    "donations-related": Form(_("登记关联方"), "donations:related_new"),
    "donations-approach": Form(_("记录接洽"), "donations:approach_new"),
    "donations-approach_change": Form(_("修改接洽"), "donations:approach"),
    "donations-hospital_gift": Form(_("登记捐赠意向"), "donations:hospital_gift_new"),
    "donations-offices": Form(_("送预评估"), "donations:hospital_gift_submit"),
    "donations-decision": Form(_("登记决定"), "donations:hospital_gift_decide"),
    "donations-agree": Form(_("登记协议"), "donations:hospital_gift_agree"),
    "donations-gift_item": Form(_("清点一批"), "donations:hospital_gift_item"),
}


def form_of(name: str) -> tuple[Form | None, str]:
    """The form of a draft's name and its code; (None, "") for a form nobody opens any more."""
    if name in FORMS:
        return FORMS[name], ""
    starts = [one for one in FORMS if one.endswith("-") and name.startswith(one)]
    if not starts:
        return None, ""
    start = max(starts, key=len)
    return FORMS[start], name.removeprefix(start)


def title_of(name: str) -> str | Promise:
    """What the form is called; "" for a form nobody opens any more."""
    form, code = form_of(name)
    if form is None:
        return ""
    title = form.words.get(code, form.title)
    return title % {"code": code} if "%(code)s" in str(title) else title


def address_of(name: str, subject: uuid.UUID | None) -> str:
    """The page of the form by its name and subject alone; "" when there is none."""
    form, code = form_of(name)
    if form is None:
        return ""
    given = [one for one in (subject, code if form.takes_code else "") if one]
    for args in (given, []):  # some pages find their subject by a choice of their own
        try:
            page = reverse(form.address, args=args)
        except NoReverseMatch:
            continue
        return f"{page}?{urlencode({form.asks: code})}" if form.asks else page
    return ""


def way_back(draft: Draft) -> tuple[str | Promise, str]:
    """Title and address: the page it was typed on, with its choices, otherwise the form's own; ("", "") without one."""
    title = title_of(draft.form)
    own = address_of(draft.form, draft.subject_uid)
    page = draft.payload.get("page", "")
    return (title, page or own) if title and own else ("", "")


def page_of(address: str) -> str:
    """Path and query of the page a draft was sent from; "" unless it is a page of this portal."""
    if "://" not in address:
        return ""
    page = "/" + address.split("://", 1)[1].partition("/")[2].partition("#")[0]
    try:
        found = resolve(page.partition("?")[0])
    except Resolver404:
        return ""
    is_page = found.view_name != "departments:draft" and len(page) <= 500
    return page if is_page and not page.startswith("//") else ""
