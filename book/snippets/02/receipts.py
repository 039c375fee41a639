import struct

file = struct.pack("<I", 42)          # written by a program that says "little-endian"
print(file.hex(" "))
print(struct.unpack("<I", file)[0])
print(struct.unpack(">I", file)[0])   # read by one that says "big-endian"
print(struct.unpack("<I", b"Dear")[0])
