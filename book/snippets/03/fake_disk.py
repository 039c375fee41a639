class Disk:
    def write(self, text):
        print("to the disk:", text)


class FullDisk:  # nothing says that it is a disk; it has the right method
    def write(self, text):
        raise OSError("no space left")


def append(disk, text):
    disk.write(text)


append(Disk(), "batch 1")
try:
    append(FullDisk(), "batch 2")
except OSError as error:
    print("failed:", error)
