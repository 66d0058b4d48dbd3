"""What a stranger is called: two words, drawn afresh for each conversation.

What lives here: the words, and turning random bytes into two different
handles. What may not: anything about the person. Two handles tell nothing about
who met before: there are 4,096, drawn without memory.
"""

_WORDS_EACH = 64

_QUALITIES = (
    "Amber Autumn Bold Brave Bright Brisk Calm Candid Clever Copper Coral Crisp "
    "Curious Dapper Daring Distant Early Easy Fair Fleet Gentle Glad Golden Grand "
    "Happy Hardy Hazel Honest Indigo Ivory Jolly Keen Kind Late Light Lively Lucky "
    "Lunar Mellow Merry Mild Misty Noble Olive Patient Plain Proud Quick Quiet Ready "
    "Rosy Rustic Silver Simple Snowy Steady Sunny Swift Tidy Velvet Vivid Warm Wise "
    "Young"
)

_CREATURES = (
    "Albatross Alpaca Badger Beaver Bison Bonobo Bumblebee Camel Caribou Cheetah "
    "Chinchilla Cicada Condor Crane Cricket Curlew Dolphin Donkey Dove Egret Falcon "
    "Finch Flamingo Fox Gazelle Gecko Heron Hedgehog Hoopoe Ibex Ibis Jackdaw Jay "
    "Kestrel Kiwi Koala Lark Lemur Lynx Magpie Manatee Marmot Marten Moose Narwhal "
    "Newt Ocelot Osprey Otter Owl Panda Pelican Penguin Puffin Quail Quokka Raven "
    "Robin Salamander Seal Sparrow Tapir Tern Walrus"
)


QUALITIES = tuple(_QUALITIES.split())
CREATURES = tuple(_CREATURES.split())


def two_handles(random: bytes) -> tuple[str, str]:
    """Make two different handles.

    Args:
        random: 4 random bytes.

    """
    first = _number(random[0], random[1])
    second = _number(random[2], random[3])
    if second == first:
        second = (first + 1) % (_WORDS_EACH * _WORDS_EACH)
    return _handle(first), _handle(second)


def _number(high: int, low: int) -> int:
    return (high % _WORDS_EACH) * _WORDS_EACH + low % _WORDS_EACH


def _handle(number: int) -> str:
    quality, creature = divmod(number, _WORDS_EACH)
    return f"{QUALITIES[quality]} {CREATURES[creature]}"
