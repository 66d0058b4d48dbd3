"""Bars are drawn, in proportion, as valid SVG."""

from xml.etree import ElementTree as ET

from bench.chart import Bar, Panel, draw

SVG = "{http://www.w3.org/2000/svg}"


def bars(panel):
    tree = ET.fromstring(draw([panel]))
    return [float(bar.get("width")) for bar in tree.iter(f"{SVG}rect")]


def test_a_bar_is_as_long_as_its_value():
    shown = [Bar(label="a & b", value=10.0, own=True), Bar(label="c", value=5.0)]

    long, short = bars(Panel(title="<one>", bars=shown))

    assert long == 2 * short


def test_powers_of_ten_are_equal_steps():
    shown = [Bar(label=str(value), value=value) for value in (1.0, 10.0, 100.0)]

    one, ten, hundred = bars(Panel(title="log", bars=shown, logarithmic=True))

    assert abs((hundred - ten) - (ten - one)) < 0.2


def test_a_panel_with_nothing_to_show_is_left_out():
    assert bars(Panel(title="empty", bars=[])) == []
