"""One ciphertext that two keys open: why commitments are not made with GCM.

AES-GCM does not bind its key (Dodis, Grubbs, Ristenpart, Woodage: "Fast
message franking", CRYPTO 2018). One block is solved for, so that the tag is
right under both keys. A receiver has to drop what does not open its commitment.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from vectors.primitives import u64

REDUCTION = 0xE1 << 120
BLOCK = 16


def _times(one: int, other: int) -> int:
    """Multiply in GF(2^128) with GCM's order of bits (NIST SP 800-38D)."""
    product = 0
    for place in range(127, -1, -1):
        if other >> place & 1:
            product ^= one
        one = one >> 1 ^ (REDUCTION if one & 1 else 0)
    return product


def _inverse(one: int) -> int:
    """Raise to the power 2^128 - 2."""
    result, square = 1 << 127, one
    for _ in range(127):
        square = _times(square, square)
        result = _times(result, square)
    return result


def _block(key: bytes, block: bytes) -> int:
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305  one raw block, as GCM defines it
    return int.from_bytes(cipher.update(block), "big")


def _blocks(data: bytes) -> list[int]:
    filled = data + bytes(-len(data) % BLOCK)
    cuts = range(0, len(filled), BLOCK)
    return [int.from_bytes(filled[cut : cut + BLOCK], "big") for cut in cuts]


def _ghash(hash_key: int, blocks: list[int]) -> int:
    total = 0
    for block in blocks:
        total = _times(total ^ block, hash_key)
    return total


def _tag(key: bytes, nonce: bytes, blocks: list[int]) -> int:
    hash_key = _block(key, bytes(BLOCK))
    return _ghash(hash_key, blocks) ^ _block(key, nonce + b"\0\0\0\1")


def _stream(key: bytes, nonce: bytes, count: int) -> list[int]:
    return [
        _block(key, nonce + (place + 2).to_bytes(4, "big")) for place in range(count)
    ]


def colliding(
    plain: bytes,
    *,
    keys: tuple[bytes, bytes],
    nonce: bytes,
    associated: bytes,
    free: int,
) -> bytes:
    """Encrypt under the first key so that the second accepts it as well.

    The plaintext block numbered `free` is given up for that.
    """
    texts = _blocks(plain)
    stream = _stream(keys[0], nonce, len(texts))
    body = [text ^ mask for text, mask in zip(texts, stream, strict=True)]
    body[free] = 0
    lengths = int.from_bytes(u64(8 * len(associated)) + u64(8 * len(plain)), "big")

    def covered() -> list[int]:
        return [*_blocks(associated), *body, lengths]

    first, second = (_tag(key, nonce, covered()) for key in keys)
    power = len(body) - free + 1
    weights = [_power(_block(key, bytes(BLOCK)), power) for key in keys]
    body[free] = _times(first ^ second, _inverse(weights[0] ^ weights[1]))
    tag = _tag(keys[0], nonce, covered())
    return b"".join(block.to_bytes(BLOCK, "big") for block in [*body, tag])


def _power(one: int, exponent: int) -> int:
    result = 1 << 127
    for _ in range(exponent):
        result = _times(result, one)
    return result
