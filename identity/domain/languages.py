"""The languages a page offers, each by its own name.

What lives here: the list, most spoken first (Ethnologue 2024, first and second
language together), so that a long list starts with what most people look for.
What may not: a limit on what someone may say; any BCP 47 tag is accepted.
How it works: pairs of a BCP 47 tag and the name its speakers use (CLDR).
"""

LANGUAGES: tuple[tuple[str, str], ...] = (
    ("en", "English"),
    ("zh", "中文"),
    ("hi", "हिन्दी"),
    ("es", "Español"),
    ("fr", "Français"),
    ("ar", "العربية"),
    ("bn", "বাংলা"),
    ("pt", "Português"),
    ("ru", "Русский"),
    ("ur", "اردو"),
    ("id", "Bahasa Indonesia"),
    ("de", "Deutsch"),
    ("ja", "日本語"),
    ("sw", "Kiswahili"),
    ("mr", "मराठी"),
    ("te", "తెలుగు"),
    ("tr", "Türkçe"),
    ("ta", "தமிழ்"),
    ("vi", "Tiếng Việt"),
    ("ko", "한국어"),
    ("it", "Italiano"),
    ("fa", "فارسی"),
    ("pl", "Polski"),
    ("uk", "Українська"),
    ("nl", "Nederlands"),
    ("th", "ไทย"),
)
