cards = bytearray(b"ada 1275")
balance = memoryview(cards)[4:]  # borrowed from cards
try:
    cards.clear()
except BufferError as error:
    print(error)
print(bytes(balance))
