from identity.domain.languages import LANGUAGES
from identity.domain.policy import IdentityPolicy
from identity.domain.preferences import clean_languages


def test_every_code_is_a_well_formed_tag_spelt_as_the_standard_does():
    codes = [code for code, _ in LANGUAGES]
    policy = IdentityPolicy(languages=len(codes))

    assert clean_languages(codes, policy=policy) == tuple(codes)


def test_every_language_has_a_name_of_its_own():
    assert len({name for _, name in LANGUAGES}) == len(LANGUAGES) >= 25
