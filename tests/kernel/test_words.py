"""What a server keeps of its catalogues says what they say."""

from django.template import Context, Template
from django.utils import translation
from django.utils.translation import trans_real

from msw_portal.kernel import words


def test_kept_words_are_those_of_the_language(monkeypatch):
    monkeypatch.setattr(trans_real, "_translations", {})
    words.keep_found()
    for _again in range(2):
        with translation.override("en"):
            assert translation.gettext("退出登录") == "Log out"
            assert translation.pgettext("nav", "个案") == "Cases"
        with translation.override("zh-hans"):
            assert translation.gettext("退出登录") == "退出登录"
            assert translation.pgettext("nav", "个案") == "个案"


def test_a_sentence_of_a_template_is_said_in_each_readers_language():
    page = Template(
        '{% load i18n %}{% translate "退出登录" %}|{% translate "个案" context "nav" %}|'
        '{% translate word %}|{% translate "退出登录" as kept %}{{ kept }}|{% translate "100% <b>" %}'
    )
    for _again in range(2):
        with translation.override("en"):
            assert page.render(Context({"word": "退出登录"})) == (
                "Log out|Cases|Log out|Log out|100% <b>"
            )
        with translation.override("zh-hans"):
            assert page.render(Context({"word": "退出登录"})) == (
                "退出登录|个案|退出登录|退出登录|100% <b>"
            )
