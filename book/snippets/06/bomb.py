import zlib

bomb = zlib.compress(bytes(100_000_000))
print(f"the bomb has {len(bomb) / 100_000_000:.1%} of the size of what it becomes")
print(len(zlib.decompress(bomb)), "bytes were taken without a question")

careful = zlib.decompressobj()
print(len(careful.decompress(bomb, 1_000_000)), "bytes and no more")
