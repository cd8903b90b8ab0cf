# SPDX-License-Identifier: MIT
#
# stubborn.gdb - for `make debug`: connects to QEMU and knows where things are.
#
#   gdb-multiarch -x tests/gdb/stubborn.gdb build/x86_64/kernel.elf
#
# The image is linked at 0 and runs somewhere else: first where firmware loaded it, then
# where it moved itself. With the option `debug` it prints both ("stubborn: debug: image
# 0x... arena 0x..."); the report's line "boot: image: loaded 0x... runs 0x... virtual 0x..."
# says it again. Give the address to stubborn-load.
set confirm off
set pagination off
set architecture auto
target remote :1234

define stubborn-load
	python stubborn_load(gdb.string_to_argv("$arg0")[0])
end
document stubborn-load
stubborn-load ADDRESS: load symbols for the image whose first byte is at ADDRESS.
Then for instance: hbreak kernel_main (hardware breakpoints survive the image's move).
end

define stubborn-crumbs
	set $crumb = (unsigned long long *)($arg0)
	if $crumb[0] != 0x424d555243425453
		printf "no breadcrumbs at %p\n", $crumb
	else
		python stubborn_crumbs()
	end
end
document stubborn-crumbs
stubborn-crumbs ADDRESS: print the trail (include/stubborn/crumb.h) at ADDRESS: the arena's.
end

python
import re

def stubborn_elf():
    """The kernel.elf given on the command line, or the one loaded by stubborn-load."""
    return gdb.objfiles()[0].filename if gdb.objfiles() else "build/x86_64/kernel.elf"

def stubborn_load(text):
    base = int(gdb.parse_and_eval(text))
    elf = stubborn_elf()
    gdb.execute("symbol-file")
    gdb.execute("add-symbol-file %s -o 0x%x" % (elf, base))

def stubborn_stages():
    """The names in program order, from the header, so that they are written once."""
    try:
        text = open("include/stubborn/crumb.h").read()
    except OSError:
        return []
    body = re.search(r"enum crumb_stage \{(.*?)CRUMB_STAGES", text, re.S).group(1)
    return [name.lower() for name in re.findall(r"CRUMB_(\w+)", body)]

def stubborn_crumbs():
    word = lambda i: int(gdb.parse_and_eval("$crumb[%d]" % i))
    names = stubborn_stages()
    stage = word(1) & 0xffffffff
    name = names[stage] if stage < len(names) else "?"
    print("stage %d (%s)%s, image at 0x%x" % (stage, name,
          ", faulted" if word(1) >> 32 else "", word(2)))
    if word(1) >> 32:
        print("fault: pc 0x%x (link time) cause 0x%x address 0x%x" % (word(3), word(4), word(5)))
    for i, name in enumerate(names):
        if word(6 + i):
            print("  %-10s %20d" % (name, word(6 + i)))
end
