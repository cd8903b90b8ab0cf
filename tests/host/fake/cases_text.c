/* SPDX-License-Identifier: MIT */
/* cases_text.c - load options, files and the initrd. */
#include "tests/host/fake/cases.h"

#define LONG_16	"aaaaaaaaaaaaaaaa"
#define LONG_256 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 \
		 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16 LONG_16
#define LONG_4K	LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 \
		LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 LONG_256 LONG_256
#define RUBBISH_4K "\x01\x02\xff\xfe" LONG_4K
#define LONG_64K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K \
		 RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K RUBBISH_4K \
		 RUBBISH_4K RUBBISH_4K
#define ASK	NARROW("initrd=\\initrd")

const struct fake_case fake_texts[] = {
	/* ---- load options ---- */
	{ "Q-36: load options are NULL, with a size",
	  .f = { .options_null = 1, WIDE("debug") }, .cmdline = "" },
	{ "Q-36: load options of 2^32 - 1 bytes, of which five are there",
	  .f = { .options_huge = 1, BYTES("quiet"), .disk = DISK_OK, .text = "two" },
	  .cmdline = "two",
	  .says = "stubborn: warning: load options of 4294967295 bytes not used" },
	{ "Q-36: load options at an odd address",
	  .f = { .options_skew = 1, WIDE("quiet") }, .cmdline = "quiet" },
	{ "Q-36: UTF-16 and a byte", .f = { BYTES("q\0u\0i\0e\0t\0x") }, .cmdline = "quiet" },
	{ "Q-36: UTF-16 without NUL", .f = { BYTES("q\0u\0i\0e\0t\0") }, .cmdline = "quiet" },
	{ "Q-36: a byte order mark", .f = { WIDE("\xfeffquiet") }, .cmdline = "quiet" },
	{ "Q-36: the other byte order", .f = { BYTES("\xfe\xff\0q\0u\0i\0e\0t") },
	  .cmdline = "quiet" },
	{ "Q-36: a newline at the end", .f = { WIDE("quiet\r\n") }, .cmdline = "quiet" },
	{ "Q-36: one byte", .f = { BYTES("q") }, .cmdline = "q" },
	{ "Q-36: control characters", .f = { BYTES("\1\0q\0u\0") }, .cmdline = "" },
	{ "Q-67: AMI's mark and a text file",
	  .f = { BYTES("\0\0BO"), .disk = DISK_OK, .text = "quiet two" }, .cmdline = "quiet two" },
	{ "Q-67: Insyde's mark and a text file",
	  .f = { BYTES("RC"), .disk = DISK_OK, .text = "quiet two" }, .cmdline = "quiet two" },
	{ "Q-67: Windows' options and a text file",
	  .f = { BYTES("WINDOWS\0\1\0\0\0\x88\0\0\0x\0\0\0B\0C\0D\0"), .disk = DISK_OK,
		 .text = "quiet two" }, .cmdline = "quiet two" },
	{ "Q-67: a binary GUID and a text file",
	  .f = { BYTES("\x4e\xac\x08\x81\x11\x9f\x59\x4d\x85\x0e\xe2\x1a\x52\x2c\x59\xb2"),
		 .disk = DISK_OK, .text = "quiet two" }, .cmdline = "quiet two" },
	{ "Q-67: blanks and a text file",
	  .f = { WIDE("  "), .disk = DISK_OK, .text = "quiet two" }, .cmdline = "quiet two" },
	{ "Q-67: the file's name and a text file",
	  .f = { WIDE("BOOTX64.EFI"), .disk = DISK_OK, .text = "quiet two" },
	  .cmdline = "quiet two" },
	{ "Q-67: the file's name, no options by --, and a text file",
	  .f = { WIDE("BOOTX64.EFI --"), .disk = DISK_OK, .text = "quiet two" },
	  .cmdline = "--" },
	{ "Q-67: text and a text file",
	  .f = { WIDE("quiet"), .disk = DISK_OK, .text = "two" }, .cmdline = "quiet" },
	{ "Q-36: 64 KiB of rubbish", .f = { BYTES(LONG_64K) } },
	{ "Q-36: 4 KiB and more of text", .f = { BYTES(LONG_4K "end") },
	  .says = "stubborn: warning: command line cut to 4095 bytes" },
	{ "Q-62: 8-bit text", .f = { NARROW("quiet two") }, .cmdline = "quiet two" },
	{ "Q-62: 8-bit text without NUL", .f = { BYTES("quiet two") }, .cmdline = "quiet two" },
	{ "Q-62: the file's own name first",
	  .f = { WIDE("\\EFI\\BOOT\\BOOTX64.EFI quiet") }, .cmdline = "quiet" },
	{ "Q-62: only the file's name", .f = { WIDE("BOOTX64.EFI") }, .cmdline = "" },
	{ "Q-35: a whole EFI_LOAD_OPTION",
	  .f = { BYTES("\1\0\0\0\4\0d\0\0\0\x7f\xff\4\0q\0u\0i\0e\0t\0\0") },
	  .cmdline = "quiet" },
	{ "Q-35: an EFI_LOAD_OPTION with a path that is too long",
	  .f = { BYTES("\1\0\0\0\xff\xff" "d\0\0\0\x7f\xff\4\0") } },
	{ "Q-37: initrd=initrd, and there is no initrd", .f = { WIDE("quiet initrd=initrd") },
	  .want = EFI_NOT_FOUND, .says = "error: initrd=initrd: cannot be opened" },
	{ "Q-37: initrd=initrd, and the loader offers one",
	  .f = { WIDE("quiet initrd=initrd"), .load = LOAD_OK, .load_size = 5 },
	  .cmdline = "quiet", .initrd = 5 },
#define OFFERED(options, left) \
	{ "Q-37: the loader offers one: " options, \
	  .f = { NARROW(options), .load = LOAD_OK, .load_size = 5 }, .cmdline = left, .initrd = 5 }
	OFFERED("initrd=initrd", ""), OFFERED("a  initrd=initrd", "a"), OFFERED("a", "a"),
	OFFERED("xinitrd=initrd", "xinitrd=initrd"), OFFERED("nitrd=initrd", "nitrd=initrd"),
	OFFERED("initrd=initrd a", "initrd=initrd a"), OFFERED("initrd=initrx", "initrd=initrx"),
	{ "an option that makes no sense", .f = { NARROW("mmu=foo") },
	  .want = EFI_INVALID_PARAMETER,
	  .says = "stubborn: error: mmu=foo: invalid value" },
	{ "a fault where firmware has the exceptions", .f = { NARROW("fault=collect") },
	  .want = EFI_INVALID_PARAMETER, .says = "fault=collect: this stage cannot" },
#define FAULT(stage, option) \
	{ "fault=" option, .f = { NARROW("fault=" option) }, .faults = 1 + stage }
	FAULT(CRUMB_EXIT, "exit"), FAULT(CRUMB_NORMALISE, "normalise"), FAULT(CRUMB_COPY, "copy"),
	FAULT(CRUMB_PLAN, "plan"), FAULT(CRUMB_SEAL, "seal"), FAULT(CRUMB_CLEAN, "clean"),
	FAULT(CRUMB_JUMP, "jump"),

	/* ---- the text file ---- */
	{ "no file system", .f = { .disk = DISK_NONE }, .cmdline = "" },
	{ "OpenVolume fails", .f = { .disk = DISK_VOLUME_FAILS, .text = "x" }, .cmdline = "" },
	{ "OpenVolume gives NULL", .f = { .disk = DISK_ROOT_NULL, .text = "x" }, .cmdline = "" },
	{ "Open fails", .f = { .disk = DISK_OPEN_FAILS, .text = "x" }, .cmdline = "" },
	{ "Open gives NULL", .f = { .disk = DISK_OPEN_NULL, .text = "x" }, .cmdline = "" },
	{ "no text file", .f = { .disk = DISK_OK }, .cmdline = "" },
	{ "an empty text file", .f = { .disk = DISK_OK, .text = "" }, .cmdline = "" },
	{ "a text file", .f = { .disk = DISK_OK, .text = "quiet\ntwo\r\n" },
	  .cmdline = "quiet two" },
	{ "Q-38: the text a byte at a time",
	  .f = { .disk = DISK_OK, .text = "quiet\ntwo\n", .read_step = 1 },
	  .cmdline = "quiet two" },
	{ "Q-38: the text cannot be read",
	  .f = { .disk = DISK_OK, .text = "quiet", .read_call = 1 },
	  .cmdline = "", .says = "stubborn: warning: " },
	{ "Q-38: the text fails half-way",
	  .f = { .disk = DISK_OK, .text = "quiet place=stay", .read_step = 10, .read_call = 2 },
	  .cmdline = "", .says = "stubborn: warning: " },
	{ "a read that claims more than it was asked for",
	  .f = { .disk = DISK_READ_LIES, .text = "quiet" }, .cmdline = "",
	  .says = "stubborn: warning: " },
	{ "a folder as text file", .f = { .disk = DISK_DIRECTORY, .text = "T" }, .cmdline = "",
	  .says = "TXT cannot be read" },
	{ "a text file of 4 KiB and more", .f = { .disk = DISK_OK, .text = LONG_4K },
	  .says = "stubborn: warning: command line cut to 4095 bytes" },

	/* ---- the initrd, by name ---- */
	{ "an initrd by name", .f = { .disk = DISK_OK, .file_size = 5000, ASK },
	  .initrd = 5000 },
	{ "Q-38: an initrd of 3 MiB, in parts", .f = { .disk = DISK_OK, .file_size = 3 << 20, ASK },
	  .initrd = 3 << 20 },
	{ "Q-38: an initrd a byte at a time",
	  .f = { .disk = DISK_OK, .file_size = 5000, .read_step = 1, ASK }, .initrd = 5000 },
	{ "Q-38: an initrd that fails half-way",
	  .f = { .disk = DISK_OK, .file_size = 5000, .read_step = 1000, .read_call = 3, ASK },
	  .want = EFI_LOAD_ERROR, .says = "initrd=\\initrd: cannot be read" },
	{ "Q-38: an initrd of 2^62 bytes", .f = { .disk = DISK_OK, .file_huge = 1, ASK },
	  .want = EFI_OUT_OF_RESOURCES, .says = "initrd: no memory for 4611686018427387904 bytes" },
	{ "an empty initrd", .f = { .disk = DISK_OK, ASK }, .want = EFI_NOT_FOUND,
	  .says = "initrd=\\initrd: is empty" },
	{ "a folder as initrd", .f = { .disk = DISK_DIRECTORY, .file_size = 5, ASK },
	  .want = EFI_NOT_FOUND, .says = "initrd=\\initrd: is not a file" },
#define NO_POSITION(call) \
	{ "an initrd whose position cannot be set or told, " #call, \
	  .f = { .disk = DISK_OK, .file_size = 5, .position_call = call, ASK }, \
	  .want = EFI_NOT_FOUND, .says = "initrd=\\initrd: is not a file" }
	NO_POSITION(1), NO_POSITION(2), NO_POSITION(3),
	{ "an initrd whose reads claim too much",
	  .f = { .disk = DISK_READ_LIES, .file_size = 5, ASK }, .want = EFI_LOAD_ERROR },
	{ "no file system, and an initrd is asked for", .f = { ASK }, .want = EFI_NOT_FOUND,
	  .says = "initrd=\\initrd: cannot be opened" },
	{ "an initrd, and no memory for anything else",
	  .f = { .disk = DISK_OK, .file_size = 0x8000, .machine = MACHINE_SMALL, ASK },
	  .want = EFI_OUT_OF_RESOURCES, .says = "no memory for" },

	/* ---- LoadFile2 ---- */
	{ "an initrd of the loader", .f = { .load = LOAD_OK, .load_size = 12345 },
	  .initrd = 12345 },
	{ "Q-97: LoadFile2 has no bytes", .f = { .load = LOAD_EMPTY },
	  .says = "stubborn: warning: the loader's initrd is empty" },
	{ "Q-97: LoadFile2 wants a buffer of 0 bytes", .f = { .load = LOAD_ZERO_TOO_SMALL },
	  .says = "stubborn: warning: the loader's initrd is empty" },
	{ "Q-97: LoadFile2 has no bytes, initrd=initrd",
	  .f = { .load = LOAD_EMPTY, WIDE("quiet initrd=initrd") }, .cmdline = "quiet",
	  .says = "stubborn: warning: the loader's initrd is empty" },
	{ "Q-97: LoadFile2 says how many bytes, and that it succeeded",
	  .f = { .load = LOAD_SIZE_ONLY, .load_size = 9 }, .initrd = 9 },
	{ "LoadFile2 fails", .f = { .load = LOAD_FIRST_FAILS }, .want = EFI_LOAD_ERROR,
	  .says = "initrd: the loader failed (status 0x800000000000000e)" },
	{ "LoadFile2 fails at the second call", .f = { .load = LOAD_SECOND_FAILS, .load_size = 99 },
	  .want = EFI_LOAD_ERROR, .says = "initrd: the loader failed (status 0x8000000000000007)" },
	{ "LoadFile2's file has grown between the calls",
	  .f = { .load = LOAD_GREW, .load_size = 99 }, .want = EFI_LOAD_ERROR,
	  .says = "initrd: the loader failed (status 0x8000000000000005)" },
	{ "LoadFile2's file has shrunk between the calls",
	  .f = { .load = LOAD_SHRANK, .load_size = 99 }, .want = EFI_LOAD_ERROR,
	  .says = "initrd: the loader failed (status 0x8000000000000007)" },
	{ "LoadFile2 wants 2^64 - 6 bytes", .f = { .load = LOAD_HUGE },
	  .want = EFI_OUT_OF_RESOURCES, .says = "initrd: no memory for" },
	{ "a LoadFile2 path whose handle has no LoadFile2", .f = { .load = LOAD_NO_PROTOCOL } },
};
const uint32_t fake_texts_count = ARRAY_SIZE(fake_texts);
