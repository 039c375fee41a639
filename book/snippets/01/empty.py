notes = {"ada": ""}  # Ada's note is empty

print(repr(notes.get("ada") or "no note"))  # "" counts as false
print(repr(notes.get("ada", "no note")))
print(repr(notes.get("eve", "no note")))
