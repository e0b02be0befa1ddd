# Reads a VHD with libvhdi: FILE, then its parent, and so on. Each line of the input is a range of sectors
# (first, count); prints the bytes of the disk and a SHA-256 of all ranges one after the other.
import hashlib
import sys

import pyvhdi

files = []
for name in sys.argv[1:]:
    file = pyvhdi.file()
    file.open(name)
    files.append(file)
for child, parent in zip(files, files[1:]):
    child.set_parent(parent)
digest = hashlib.sha256()
for line in sys.stdin:
    first, count = map(int, line.split())
    digest.update(files[0].read_buffer_at_offset(count * 512, first * 512))
print(files[0].get_media_size(), digest.hexdigest())
