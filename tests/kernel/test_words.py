"""What a server keeps of its catalogues says what they say."""

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
