/* SPDX-License-Identifier: MIT */
/*
 * faults.h - everything that firmware can be made to do wrong, one name each. The fake firmware
 * on the host (host/fake) and the injector on real firmware (inject) do what their columns say.
 *
 * X(name, FAKE, REAL, meaning): 1 in a column, that one does it. A fault is a number: 0 is correct
 * firmware, calls are counted from 1. A kind is one of the words below. In the injector's list of
 * cases a fault is `name`, `name=7`, `name=ever` or `name=WORD` (tests/cases/test_inject.py, which
 * reads this file: each X on a line of its own).
 */
#ifndef FAULTS_H
#define FAULTS_H
#include <stdint.h>

#define FAULTS(X) \
	/* GetMemoryMap */ \
	X(machine,		1, 0, "what memory there is: enum machine") \
	X(lies,			1, 0, "those of LIES together, as bits") \
	X(desc,			1, 1, "DescriptorSize; 0: 48") \
	X(desc_then,		1, 0, "what it is from call desc_call on; 0: the same") \
	X(desc_call,		1, 0, "see desc_then") \
	X(desc_said,		1, 0, "what GetMemoryMap says it is: kind") \
	X(map_fail,		1, 1, "this call: DEVICE_ERROR") \
	X(map_absurd,		1, 0, "asks for 2^60 bytes from this call on") \
	X(map_huge,		0, 1, "every Nth call asks for more room than it was given") \
	X(map_stack_only,	1, 0, "every buffer in allocated pages is too small") \
	X(map_grow,		1, 1, "more entries before each call") \
	X(map_grows,		1, 0, "in how many calls map_grow applies") \
	X(count,		0, 1, "how many entries there are in all") \
	X(above,		0, 1, "nothing free below this address") \
	/* ExitBootServices */ \
	X(stale,		1, 1, "the first N calls are refused") \
	X(badkey,		0, 1, "the first N calls reach firmware with another key") \
	X(grow,			1, 1, "more entries in each refused call") \
	X(exit_fail,		1, 0, "this call: DEVICE_ERROR") \
	X(exit_status,		0, 1, "all calls: this error") \
	X(live,			0, 1, "the timer's interrupt is pending when firmware is gone") \
	/* AllocatePages, FreePages */ \
	X(alloc_first,		1, 0, "the first N calls are refused") \
	X(alloc_fail,		1, 1, "this call is refused") \
	X(alloc_from,		1, 1, "this call and all later ones are refused") \
	X(alloc_again,		1, 0, "this call returns the last one's pages, free in all maps") \
	X(no_address,		1, 1, "a requested address is never free") \
	X(poison,		0, 1, "allocated and freed pages are not zero") \
	X(poison_all,		0, 1, "nor is any other free memory above 1 MiB") \
	/* the system table; other services */ \
	X(table,		1, 1, "kind") \
	X(revision,		0, 1, "of all tables") \
	X(con_out,		1, 1, "kind") \
	X(no_in,		1, 1, "ConIn is NULL") \
	X(config,		1, 1, "configuration tables: kind") \
	X(cpus,			0, 1, "the MADT's other CPUs: kind") \
	X(null_services,	1, 0, "those of SERVICES are NULL, as bits") \
	X(fail_services,	1, 0, "those of SERVICES fail and write nothing, as bits") \
	X(bare,			0, 1, "every service that the image can do without fails") \
	X(locate_null,		0, 1, "LocateProtocol finds everything, at NULL") \
	X(locate_many,		0, 1, "LocateHandle finds more than fit") \
	/* protocols */ \
	X(gop,			1, 1, "kind") \
	X(modes,		1, 0, "QueryMode and SetMode of the first screen: kind") \
	X(screen_type,		1, 0, "EFI_MEMORY_TYPE where the first screen is; 0: none") \
	X(rng,			1, 1, "kind") \
	X(tcg,			1, 1, "kind") \
	X(variables,		1, 0, "kind") \
	X(clock,		1, 0, "GetTime: kind") \
	X(load,			1, 1, "LoadFile2: kind") \
	X(load_size,		1, 0, "bytes that it offers") \
	X(disk,			1, 1, "kind") \
	X(file_size,		1, 0, "of the initrd, in bytes") \
	X(file_huge,		1, 0, "it says that it has 2^62 bytes") \
	X(read_step,		1, 1, "the most bytes that one read returns") \
	X(read_call,		1, 0, "this call of Read: DEVICE_ERROR") \
	X(position_call,	1, 0, "this call of Set- or GetPosition: DEVICE_ERROR") \
	X(read_fail,		0, 1, "Read fails after N bytes, and from then on") \
	X(read_end,		0, 1, "the file ends after N bytes, whatever its size") \
	X(tree,			1, 0, "the device tree: kind") \
	/* the loaded image */ \
	X(no_self,		1, 1, "no LoadedImage protocol") \
	X(shell,		1, 0, "it has the protocol of images that the Shell starts") \
	X(no_device,		1, 1, "DeviceHandle is NULL") \
	X(bad_base,		1, 1, "ImageBase and ImageSize are nonsense") \
	X(sections,		1, 0, "added to our own file: kind") \
	X(no_bss,		1, 0, "no room for .bss after the image") \
	X(path,			1, 1, "FilePath: kind") \
	X(options_skew,		1, 0, "load options begin at an address of this, mod 8") \
	X(options_null,		1, 1, "they are NULL, but have a size") \
	X(options_huge,		1, 0, "they have a size but no bytes") \
	X(opt_none,		0, 1, "there are none") \
	X(opt_odd,		0, 1, "at an odd address, unterminated, with half a character") \
	X(opt_garbage,		0, 1, "64 KiB of garbage, from this seed") \
	X(opt_blob,		0, 1, "an EFI_LOAD_OPTION") \
	X(opt_8bit,		0, 1, "8-bit text") \
	/* the CPU */ \
	X(no_random,		1, 0, "1: it has no generator; 2: that is stuck at ones") \
	X(has_off,		1, 0, "the regime off exists") \
	X(no_port,		1, 0, "nothing answers at COM1") \
	X(no_uart,		1, 0, "no port is common to all machines") \
	X(levels5,		1, 0, "five levels of page tables") \
	X(no_gib,		1, 0, "no leaves of 1 GiB")

/*
 * Descriptors in addition to the true ones, and their order. One of them, for the injector:
 * `lie_EMPTY`.
 */
#define LIES(X) \
	X(EMPTY,	1, 1, "zero pages, of several types") \
	X(UNKNOWN,	1, 1, "types that no specification has") \
	X(OVERLAP,	1, 1, "the same pages twice or more, with other types") \
	X(WRAP,		1, 0, "ends beyond the end of the address space") \
	X(HUGE,		1, 0, "NumberOfPages of 2^52 and more") \
	X(FAR,		1, 0, "free RAM where no page table reaches") \
	X(ORDER,	1, 1, "not in ascending order") \
	X(ODD,		1, 0, "bases that are not page aligned")

/* One of them, for the injector: `null_WATCHDOG`, `fail_WATCHDOG`. */
#define SERVICES(X) \
	X(HANDLE_PROTOCOL,	1, 0, "HandleProtocol") \
	X(LOCATE_PROTOCOL,	1, 1, "LocateProtocol") \
	X(LOCATE_HANDLE,	1, 1, "LocateHandle") \
	X(LOCATE_PATH,		1, 0, "LocateDevicePath") \
	X(WATCHDOG,		1, 1, "SetWatchdogTimer") \
	X(GET_VARIABLE,		1, 1, "GetVariable")

/*
 * Kinds: X(fault, PREFIX, WORD, FAKE, REAL, meaning). The enumerator is PREFIX_WORD, from 0 on.
 */
#define SAID_KINDS(X) \
	X(desc_said, SAID, TRUTH, 1, 0, "") \
	X(desc_said, SAID, ZERO, 1, 0, "0") \
	X(desc_said, SAID, 39, 1, 0, "39") \
	X(desc_said, SAID, 44, 1, 0, "44") \
	X(desc_said, SAID, HUGE, 1, 0, "2^40")
#define TABLE_KINDS(X) \
	X(table, TABLE, OK, 1, 0, "") \
	X(table, TABLE, NULL, 1, 0, "there is none") \
	X(table, TABLE, SIGNATURE, 1, 1, "its signature is wrong") \
	X(table, TABLE, CRC, 1, 1, "the CRCs are wrong") \
	X(table, TABLE, OLD, 1, 0, "revision 1.02, no LocateProtocol") \
	X(table, TABLE, NO_BOOT, 1, 1, "no boot services") \
	X(table, TABLE, NO_RUNTIME, 1, 1, "no runtime services") \
	X(table, TABLE, NO_VENDOR, 1, 0, "no vendor")
#define OUT_KINDS(X) \
	X(con_out, OUT, OK, 1, 0, "") \
	X(con_out, OUT, NULL, 1, 1, "there is none") \
	X(con_out, OUT, NO_FUNCTION, 1, 0, "OutputString is NULL") \
	X(con_out, OUT, FAILS, 1, 1, "OutputString fails") \
	X(con_out, OUT, WARNS, 1, 0, "OutputString warns")
#define CONFIG_KINDS(X) \
	X(config, CONFIG, OK, 1, 0, "") \
	X(config, CONFIG, NULL, 1, 0, "NULL and a count") \
	X(config, CONFIG, NONE, 1, 1, "no tables") \
	X(config, CONFIG, TWICE, 1, 0, "each twice") \
	X(config, CONFIG, SKEWED, 1, 0, "at an odd address") \
	X(config, CONFIG, MANY, 1, 1, "far more than there are") \
	X(config, CONFIG, BAD_TARGETS, 1, 0, "they point to odd addresses") \
	X(config, CONFIG, UNMAPPED, 1, 1, "ACPI's, and the vendor, where nothing is mapped")
#define CPUS_KINDS(X) \
	X(cpus, CPUS, OK, 0, 0, "") \
	X(cpus, CPUS, ABSENT, 0, 1, "the last one is not there") \
	X(cpus, CPUS, PARKED, 0, 1, "no PSCI: they wait in mailboxes (aarch64)")
#define PATH_KINDS(X) \
	X(path, PATH, OK, 1, 0, "") \
	X(path, PATH, NULL, 1, 1, "there is none") \
	X(path, PATH, LENGTH_0, 1, 1, "a node of length 0") \
	X(path, PATH, LENGTH_1, 1, 0, "1") \
	X(path, PATH, LENGTH_2, 1, 0, "2") \
	X(path, PATH, LENGTH_3, 1, 0, "3") \
	X(path, PATH, ENDLESS, 1, 0, "no end") \
	X(path, PATH, LONG, 1, 0, "a node of 65,532 bytes") \
	X(path, PATH, ODD_LENGTH, 1, 0, "an odd length") \
	X(path, PATH, SPLIT_0, 1, 0, "two file nodes, no separator between them") \
	X(path, PATH, SPLIT_1, 1, 0, "the first node's last character is one") \
	X(path, PATH, SPLIT_2, 1, 0, "the second one's first") \
	X(path, PATH, SPLIT_3, 1, 0, "both")
#define DISK_KINDS(X) \
	X(disk, DISK, NONE, 1, 0, "") \
	X(disk, DISK, OK, 1, 0, "it has an initrd, and a text file if there is text") \
	X(disk, DISK, NO_VOLUME, 1, 1, "there is no file system on it") \
	X(disk, DISK, VOLUME_FAILS, 1, 1, "OpenVolume fails") \
	X(disk, DISK, ROOT_NULL, 1, 0, "it gives NULL") \
	X(disk, DISK, OPEN_FAILS, 1, 1, "Open fails") \
	X(disk, DISK, OPEN_NULL, 1, 0, "it gives NULL") \
	X(disk, DISK, DIRECTORY, 1, 1, "what is opened is a directory") \
	X(disk, DISK, READ_LIES, 1, 0, "Read says that it gave more")
#define GOP_KINDS(X) \
	X(gop, GOP, OK, 1, 0, "") \
	X(gop, GOP, NONE, 1, 1, "there is none") \
	X(gop, GOP, MODE_NULL, 1, 1, "Mode is NULL") \
	X(gop, GOP, INFO_NULL, 1, 1, "Info is NULL") \
	X(gop, GOP, BLT, 1, 1, "it only blits") \
	X(gop, GOP, INFO_SMALL, 1, 0, "SizeOfInfo is too small") \
	X(gop, GOP, ABSURD, 1, 1, "a screen of 2^60 bytes or more") \
	X(gop, GOP, FAR, 1, 0, "at 2^50") \
	X(gop, GOP, WIDE, 1, 0, "wider than its lines") \
	X(gop, GOP, MANY, 1, 0, "twenty") \
	X(gop, GOP, TWO, 1, 0, "two, the second is the console") \
	X(gop, GOP, GROWS, 1, 0, "one more with each call") \
	X(gop, GOP, INTERFACE_NULL, 1, 0, "its interface is NULL") \
	X(gop, GOP, WRAPS, 1, 0, "at the end of the address space") \
	X(gop, GOP, PRODUCT, 1, 0, "its size is 0 by overflow") \
	X(gop, GOP, 565, 1, 0, "16 bits per pixel") \
	X(gop, GOP, 888, 1, 0, "24 bits per pixel") \
	X(gop, GOP, OVERLAP, 1, 0, "masks that overlap") \
	X(gop, GOP, HOLE, 1, 0, "a mask with a hole") \
	X(gop, GOP, NO_RED, 1, 0, "a mask of nothing") \
	X(gop, GOP, IN_RESERVED, 1, 0, "a colour in the reserved mask") \
	X(gop, GOP, 8888, 1, 0, "masks of 32 bits") \
	X(gop, GOP, 2101010, 1, 0, "masks of 30 bits") \
	X(gop, GOP, SHORT, 1, 0, "a framebuffer that is a byte too small") \
	X(gop, GOP, LARGE_BAR, 1, 0, "one of 8 GiB") \
	X(gop, GOP, IMAGE, 1, 0, "one over the image") \
	X(gop, GOP, SAYS_MORE, 1, 0, "twenty are said to fit where sixteen do")
#define MODES_KINDS(X) \
	X(modes, MODES, OK, 1, 0, "640x480 to 1600x1200, 1024x768 is set") \
	X(modes, MODES, NULL, 1, 0, "the functions are NULL") \
	X(modes, MODES, QUERY_FAILS, 1, 0, "QueryMode fails") \
	X(modes, MODES, INFO_NULL, 1, 0, "it gives NULL") \
	X(modes, MODES, INFO_SMALL, 1, 0, "it gives 16 bytes") \
	X(modes, MODES, ZERO, 1, 0, "modes without lines") \
	X(modes, MODES, BLT, 1, 0, "modes that only blit") \
	X(modes, MODES, WIDE, 1, 0, "modes wider than their lines") \
	X(modes, MODES, MASKS, 1, 0, "modes whose masks overlap") \
	X(modes, MODES, PRODUCT, 1, 0, "modes of 2^64 bytes") \
	X(modes, MODES, ENDLESS, 1, 0, "2^32 of them") \
	X(modes, MODES, SET_FAILS, 1, 0, "SetMode fails") \
	X(modes, MODES, SET_HALF, 1, 0, "it fails half-way, and only blits") \
	X(modes, MODES, SET_NOT, 1, 0, "it does nothing, and calls it success") \
	X(modes, MODES, SET_OTHER, 1, 0, "it sets the first one") \
	X(modes, MODES, SET_SHORT, 1, 0, "it leaves a framebuffer that is too small") \
	X(modes, MODES, SET_LOSES, 1, 0, "Mode is NULL from then on") \
	X(modes, MODES, SET_LOW, 1, 0, "it sets one with a line less") \
	X(modes, MODES, SET_SLIM, 1, 0, "it sets one with a column less") \
	X(modes, MODES, SET_DENIED, 1, 0, "it works, and calls it a failure")
#define RNG_KINDS(X) \
	X(rng, RNG, OK, 1, 0, "") \
	X(rng, RNG, NONE, 1, 1, "there is none") \
	X(rng, RNG, FAILS, 1, 1, "GetRNG fails") \
	X(rng, RNG, NO_RAW, 1, 1, "only the default algorithm") \
	X(rng, RNG, HALF, 1, 0, "it fails half-way") \
	X(rng, RNG, NOTHING, 1, 0, "it gives nothing, and calls it success") \
	X(rng, RNG, PART, 1, 0, "it gives half, and calls it success") \
	X(rng, RNG, ONES, 1, 1, "ones, by any algorithm") \
	X(rng, RNG, RAW_ONES, 1, 0, "ones, by the raw one")
#define TCG_KINDS(X) \
	X(tcg, TCG, NONE, 1, 1, "there is none") \
	X(tcg, TCG, 1_2, 1, 0, "a log in format 1.2 only") \
	X(tcg, TCG, FAILS, 1, 1, "all of it fails") \
	X(tcg, TCG, NULL, 1, 1, "the log is NULL (the injector's cannot measure either)") \
	X(tcg, TCG, GARBAGE, 1, 1, "the log's last entry is outside it (likewise)") \
	X(tcg, TCG, FULL, 1, 1, "it measures, but the log is full") \
	X(tcg, TCG, TRUNCATED, 1, 0, "the log was full before") \
	X(tcg, TCG, UNTOLD, 1, 0, "it does not say whether the log is complete")
#define VARS_KINDS(X) \
	X(variables, VARS, NONE, 1, 0, "") \
	X(variables, VARS, SECURE, 1, 0, "Secure Boot is on") \
	X(variables, VARS, SETUP, 1, 0, "setup mode") \
	X(variables, VARS, FAIL, 1, 0, "GetVariable fails") \
	X(variables, VARS, EMPTY, 1, 0, "they have no bytes") \
	X(variables, VARS, LONG, 1, 0, "they have eight bytes")
#define CLOCK_KINDS(X) \
	X(clock, CLOCK, OK, 1, 0, "2026-11-26 05:12:13, an hour east") \
	X(clock, CLOCK, NULL, 1, 0, "GetTime is NULL") \
	X(clock, CLOCK, FAILS, 1, 0, "it fails") \
	X(clock, CLOCK, NO_ZONE, 1, 0, "no zone") \
	X(clock, CLOCK, ZERO, 1, 0, "zeros") \
	X(clock, CLOCK, NO_DAY, 1, 0, "the 31st of November") \
	X(clock, CLOCK, WILD_ZONE, 1, 0, "a zone of more than a day") \
	X(clock, CLOCK, BEFORE, 1, 0, "before 1970") \
	X(clock, CLOCK, ODD, 1, 0, "daylight saving of no known kind")
#define LOAD_KINDS(X) \
	X(load, LOAD, NONE, 1, 0, "") \
	X(load, LOAD, OK, 1, 1, "it works") \
	X(load, LOAD, EMPTY, 1, 0, "success, and no bytes") \
	X(load, LOAD, ZERO_TOO_SMALL, 1, 1, "BUFFER_TOO_SMALL, and no bytes") \
	X(load, LOAD, FIRST_FAILS, 1, 1, "the call that asks for the size fails") \
	X(load, LOAD, SECOND_FAILS, 1, 1, "it fails half-way") \
	X(load, LOAD, GREW, 1, 0, "it is more when it is read") \
	X(load, LOAD, SHRANK, 1, 1, "it is less when it is read") \
	X(load, LOAD, HUGE, 1, 1, "2^60 bytes or more") \
	X(load, LOAD, NO_PROTOCOL, 1, 0, "the handle has no protocol") \
	X(load, LOAD, SIZE_ONLY, 1, 0, "the call that asks for the size succeeds")
#define TREE_KINDS(X) \
	X(tree, TREE, NONE, 1, 0, "zeros") \
	X(tree, TREE, RESERVED, 1, 0, "/reserved-memory and reservations") \
	X(tree, TREE, MANY, 1, 0, "more reservations than there is room for") \
	X(tree, TREE, INITRD, 1, 0, "an initrd where it may be") \
	X(tree, TREE, INITRD_MMIO, 1, 0, "an initrd in MMIO") \
	X(tree, TREE, INITRD_NOWHERE, 1, 0, "where no memory is") \
	X(tree, TREE, INITRD_PARTLY, 1, 0, "partly where no memory is") \
	X(tree, TREE, INITRD_IMAGE, 1, 0, "over the image") \
	X(tree, TREE, INITRD_ALL, 1, 0, "all memory") \
	X(tree, TREE, INITRD_WRAPS, 1, 0, "beyond the end of the address space") \
	X(tree, TREE, INITRD_BACKWARDS, 1, 0, "ends before it begins")
#define SECTIONS_KINDS(X) \
	X(sections, SECTIONS, NONE, 1, 0, "and the headers are not in memory") \
	X(sections, SECTIONS, BOTH, 1, 0, ".cmdline and .initrd") \
	X(sections, SECTIONS, CMDLINE, 1, 0, ".cmdline alone") \
	X(sections, SECTIONS, INITRD, 1, 0, ".initrd alone") \
	X(sections, SECTIONS, NO_MZ, 1, 0, "the file does not begin with MZ") \
	X(sections, SECTIONS, NO_PE, 1, 0, "no PE signature") \
	X(sections, SECTIONS, FAR, 1, 0, "PE's header is at the very end of the page") \
	X(sections, SECTIONS, OUTSIDE, 1, 0, "it is outside") \
	X(sections, SECTIONS, ODD, 1, 0, "it is at an odd place") \
	X(sections, SECTIONS, OPTIONAL, 1, 0, "an optional header of 64 KiB") \
	X(sections, SECTIONS, OPTIONAL_ODD, 1, 0, "one of an odd size") \
	X(sections, SECTIONS, MANY, 1, 0, "one more than fit") \
	X(sections, SECTIONS, OURS, 1, 0, "they are in our image") \
	X(sections, SECTIONS, BEHIND, 1, 0, "they end beyond SizeOfImage") \
	X(sections, SECTIONS, WRAPS, 1, 0, "beyond 4 GiB") \
	X(sections, SECTIONS, EMPTY, 1, 0, "they have no bytes") \
	X(sections, SECTIONS, NOT_OURS, 1, 0, "the memory map does not say that they are ours") \
	X(sections, SECTIONS, HUGE, 1, 0, "SizeOfImage is 4 GiB") \
	X(sections, SECTIONS, TWICE, 1, 0, "each twice") \
	X(sections, SECTIONS, UNMAPPED, 1, 0, "the page of headers is not mapped")
#define KINDS(X) \
	SAID_KINDS(X) TABLE_KINDS(X) OUT_KINDS(X) CONFIG_KINDS(X) PATH_KINDS(X) DISK_KINDS(X) \
	CPUS_KINDS(X) \
	GOP_KINDS(X) MODES_KINDS(X) RNG_KINDS(X) TCG_KINDS(X) VARS_KINDS(X) CLOCK_KINDS(X) \
	LOAD_KINDS(X) TREE_KINDS(X) SECTIONS_KINDS(X)

#define X(fault, prefix, word, fake, real, meaning) prefix##_##word,
enum said { SAID_KINDS(X) SAIDS };
enum table { TABLE_KINDS(X) TABLES };
enum out { OUT_KINDS(X) OUTS };
enum config { CONFIG_KINDS(X) CONFIGS };
enum cpus { CPUS_KINDS(X) CPUSS };
enum path { PATH_KINDS(X) PATHS };
enum disk { DISK_KINDS(X) DISKS };
enum gop { GOP_KINDS(X) GOPS };
enum modes { MODES_KINDS(X) MODESS };
enum rng { RNG_KINDS(X) RNGS };
enum tcg { TCG_KINDS(X) TCGS };
enum variables { VARS_KINDS(X) VARSS };
enum clock { CLOCK_KINDS(X) CLOCKS };
enum load { LOAD_KINDS(X) LOADS };
enum tree { TREE_KINDS(X) TREES };
enum sections { SECTIONS_KINDS(X) SECTIONSS };
#undef X

/* LIE_EMPTY and SERVICE_WATCHDOG: bits of `lies`, and of null_services and fail_services. */
#define X(name, fake, real, meaning) lie_##name,
enum { LIES(X) LIE_BITS };
#undef X
#define X(name, fake, real, meaning) service_##name,
enum { SERVICES(X) SERVICE_BITS };
#undef X
#define X(name, fake, real, meaning) LIE_##name = 1u << lie_##name,
enum { LIES(X) };
#undef X
#define X(name, fake, real, meaning) SERVICE_##name = 1u << service_##name,
enum { SERVICES(X) };
#undef X
#endif
