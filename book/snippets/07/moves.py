class Cursor:
    def __init__(self):
        self.place = 0

    def next(self):
        self.place += 1

    def prev(self):
        self.place -= 1


def twice(cursor, move):
    move(cursor)
    move(cursor)
    return cursor.place


print(twice(Cursor(), Cursor.next), twice(Cursor(), Cursor.prev))
print(twice(Cursor(), id))  # no move at all, and nobody minds
