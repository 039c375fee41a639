class Piece:
    open = 0

    def __init__(self, name):
        Piece.open += 1
        print(f"{name} opened, open now: {Piece.open}")

    def __del__(self):
        Piece.open -= 1


current = Piece("apple to fig")
current = Piece("kiwi to plum")
