"""Two people see and hear each other, as far as both agreed and no further."""

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import OpenWindow
from tests.support.meeting import couple, sit_down
from tests.support.window import Window

HALF_A_SECOND_MS = 500


def step_up(one: Window, other: Window) -> None:
    one.press("step-up")
    one.consent_if_asked()
    expect(other.part("proposal")).to_be_visible()
    other.press("accept")
    other.consent_if_asked()


def loudness(window: Window) -> float:
    """Energy of what is heard within a second."""
    before = window.received()["energy"]
    window.page.wait_for_timeout(2 * HALF_A_SECOND_MS)
    return float(window.received()["energy"] - before)


def blur(window: Window) -> str:
    return str(
        window.part("remote-video").evaluate("video => getComputedStyle(video).filter")
    )


def test_video_goes_both_ways_blurred_until_both_agree(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic, "video")
    for one in (ana, bo):
        one.receives_more(video=True)
        assert "blur(" in blur(one)
    ana.say("I see shapes")
    bo.hears("I see shapes")
    step_up(ana, bo)
    for one in (ana, bo):
        one.stands_at("clear")
        one.receives_more(video=True)

        assert blur(one) == "none"


def test_one_step_down_needs_nobody(open_window: OpenWindow, topic: str) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic, "video")
    ana.receives_more(video=True)
    bo.press("step-down")
    for one in (ana, bo):
        one.stands_at("voice")
        one.receives_more(video=False)
    before = ana.received()["frames"]
    ana.page.wait_for_timeout(HALF_A_SECOND_MS)

    assert ana.received()["frames"] == before
    expect(ana.part("remote-video")).to_be_hidden()


def test_voice_is_heard_both_ways_without_a_picture(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic, "voice")
    for one in (ana, bo):
        one.receives_more(video=False)

        assert one.received()["frames"] == 0
        expect(one.part("remote-video")).to_be_hidden()


def test_mute_silences_and_unmute_brings_back(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic, "voice")
    ana.receives_more(video=False)
    spoken = loudness(ana)
    bo.press("mute")
    expect(bo.action("mute")).to_have_attribute("aria-pressed", "true")
    ana.page.wait_for_timeout(HALF_A_SECOND_MS)

    # Not zero: a receiver fades what it plays when nothing comes.
    assert loudness(ana) < spoken / 1000
    bo.press("mute")
    ana.receives_more(video=False)


def test_camera_off_stops_the_picture_but_not_the_sound(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic, "video")
    ana.receives_more(video=True)
    bo.press("camera")
    ana.page.wait_for_timeout(HALF_A_SECOND_MS)
    before = ana.received()["frames"]
    ana.receives_more(video=False)
    ana.page.wait_for_timeout(HALF_A_SECOND_MS)

    assert ana.received()["frames"] - before <= 2
    bo.press("camera")
    ana.receives_more(video=True)


def test_text_climbs_to_voice_and_hangs_up_back_to_text(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    assert ana.page.evaluate("observer.connections().length") == 0
    step_up(ana, bo)
    for one in (ana, bo):
        one.stands_at("voice")
        one.receives_more(video=False)
    ana.press("hang-up")
    for one in (ana, bo):
        one.stands_at("text")
    bo.say("still here in words")
    ana.hears("still here in words")
    before = ana.page.evaluate("observer.sent()")
    ana.page.wait_for_timeout(2 * HALF_A_SECOND_MS)

    assert ana.page.evaluate("observer.sent()") == before
    assert ana.page.evaluate("observer.openTracks()") == 0


def test_a_declined_invitation_changes_nothing(
    open_window: OpenWindow, topic: str
) -> None:
    ana, bo = open_window(), open_window()
    couple(ana, bo, topic)
    ana.press("step-up")
    ana.consent_if_asked()
    expect(bo.part("proposal")).to_be_visible()
    bo.press("decline")
    expect(ana.part("proposal")).to_be_hidden()

    ana.stands_at("text")
    bo.stands_at("text")
    assert ana.received()["energy"] == 0


def test_a_refused_camera_is_told_in_words_and_text_still_works(
    open_window: OpenWindow, asking_browser: Browser, topic: str
) -> None:
    ana, bo = open_window(asking_browser), open_window()
    ana.enter("video", topic, "strict")
    ana.press("prepare")
    expect(ana.part("media-problem")).to_be_visible()
    expect(ana.part("media-problem-words")).not_to_be_empty()
    ana.press("join")
    ana.at("waiting")
    sit_down(bo, topic, "video")
    ana.at("talking")
    ana.say("my camera is shy")
    bo.hears("my camera is shy")
    bo.say("mine is not")
    ana.hears("mine is not")
    ana.receives_more(video=True)

    assert bo.received()["frames"] == 0


def test_a_refused_camera_leaves_the_microphone(
    open_window: OpenWindow, asking_browser: Browser, topic: str
) -> None:
    ana = open_window(asking_browser, permissions=["microphone"])
    bo = open_window()
    couple_in_spite_of_a_problem(ana, bo, topic)
    bo.receives_more(video=False)

    assert bo.received()["frames"] == 0


def test_a_machine_without_devices_is_told_so(
    open_window: OpenWindow, bare_browser: Browser, topic: str
) -> None:
    ana, bo = open_window(bare_browser), open_window()
    couple_in_spite_of_a_problem(ana, bo, topic)
    bo.say("can you read me?")
    ana.hears("can you read me?")

    assert bo.received()["frames"] == 0


def couple_in_spite_of_a_problem(ana: Window, bo: Window, topic: str) -> None:
    ana.enter("video", topic, "strict")
    ana.press("prepare")
    expect(ana.part("media-problem-words")).not_to_be_empty()
    ana.press("join")
    ana.at("waiting")
    sit_down(bo, topic, "video")
    ana.at("talking")
    bo.at("talking")
