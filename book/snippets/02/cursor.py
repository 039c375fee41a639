import io
import struct

file = io.BytesIO(b"\x2a\x00\x00\x00\x07\x00")
number, = struct.unpack("<I", file.read(4))
page, = struct.unpack("<H", file.read(2))
print(number, page)

print(file.read(4))                   # at the end: no error, just fewer bytes
print(b"\x2a\x00\x00\x00"[2:6].hex())  # a slice too long: no error either
