"""Error codes and the exception that carries them."""

from chat.domain.codes import Code, FrameRefusedError


def test_a_refusal_without_a_reason_is_a_bad_frame():
    assert FrameRefusedError().code is Code.BAD_FRAME


def test_a_refusal_says_its_code_and_nothing_else():
    assert str(FrameRefusedError(Code.TOO_LARGE)) == "too_large"


def test_the_codes_are_those_of_the_protocol():
    words = (
        "bad_frame unknown_type too_large rate_limited not_in_conversation "
        "already_in_conversation bad_sequence window_full not_allowed "
        "mode_not_allowed suspended overloaded internal"
    )

    assert {code.value for code in Code} == set(words.split())
