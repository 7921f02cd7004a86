# For gdb: lists the C++ coroutines that are suspended.
#
#   gdb --pid PID --command scripts/coroutines.py -ex coroutines
#
# A suspended coroutine is on no thread's stack, but its frame is in memory, and begins with the
# addresses of the functions that resume and destroy it. So this looks for two such addresses in a
# row. `$coroutine` is the address of the last frame that was found.
import collections
import re
import struct

import gdb

RESUME = re.compile(r"^(.*) \[clone \.(?:resume|actor)\]")
DESTROY = re.compile(r"^(.*) \[clone \.(?:destroy|cleanup)\]")


def regions(pid):
    """What the process has mapped: begin, end, permissions, file."""
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            fields = line.split()
            begin, end = (int(address, 16) for address in fields[0].split("-"))
            yield begin, end, fields[1], fields[5] if len(fields) > 5 else ""


def symbol(address, known={}):
    """The function that begins at an address."""
    if address not in known:
        said = gdb.execute(f"info symbol {address}", to_string=True)
        known[address] = "" if " + " in said else said
    return known[address]


def suspended(inferior):
    """The frames, each with the name of its function."""
    mapped = list(regions(inferior.pid))
    code = [(begin, end) for begin, end, may, _ in mapped if "x" in may]
    first, last = min(begin for begin, _ in code), max(end for _, end in code)
    for begin, end, may, name in mapped:
        if not may.startswith("rw") or name.startswith("[v"):
            continue
        try:
            memory = bytes(inferior.read_memory(begin, end - begin))
        except gdb.MemoryError:
            continue
        words = struct.unpack(f"={len(memory) // 8}Q", memory)
        for index, (word, after) in enumerate(zip(words, words[1:])):
            if not (first <= word < last and first <= after < last):
                continue
            resume, destroy = RESUME.match(symbol(word)), DESTROY.match(symbol(after))
            if resume and destroy and resume[1] == destroy[1]:
                yield begin + index * 8, resume[1]


class Coroutines(gdb.Command):
    """List the C++ coroutines that are suspended."""

    def __init__(self):
        super().__init__("coroutines", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        count = collections.Counter()
        for address, function in suspended(gdb.selected_inferior()):
            count[function] += 1
            gdb.set_convenience_variable("coroutine", address)
        for function, number in sorted(count.items()):
            print(f"{number} suspended in {function}")
        if not count:
            print("no coroutine is suspended")


Coroutines()
