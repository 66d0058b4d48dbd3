import json

from common.vocabulary import Band, Mode, Region, Strictness


def test_the_words_are_those_of_the_wire():
    assert [*Mode] == ["text", "voice", "video"]
    assert sorted(Region) == ["af", "as", "eu", "na", "oc", "sa"]
    assert [*Strictness] == ["strict", "balanced", "open"]
    assert json.dumps({"mode": Mode.TEXT}) == '{"mode": "text"}'


def test_bands_are_ranked_from_the_lowest():
    assert [band.rank for band in Band] == [0, 1, 2, 3, 4]
    assert Band.RESTRICTED.rank < Band.NEW.rank < Band.GUARDIAN.rank
