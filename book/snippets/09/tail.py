def end_of(records):
    for offset, whole in enumerate(records):
        if not whole:
            end = offset
            break
    return end

print(end_of([True, True, False]))
try:
    print(end_of([True, True, True]))
except UnboundLocalError as error:
    print(error)
