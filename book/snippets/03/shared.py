buffer = bytearray(b"card-7 1500")
amount = memoryview(buffer)[7:]  # a look into the buffer, no copy
print(bytes(amount))

buffer[7:] = b"0027"  # the next record is read into the same buffer
print(bytes(amount))
