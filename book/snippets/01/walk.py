sessions = {"ada/phone": 1, "ada/laptop": 2, "grace/phone": 3}

try:
    for key in sessions:
        if key.startswith("ada/"):
            del sessions[key]
except RuntimeError as error:
    print(error)
