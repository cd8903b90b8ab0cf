/* SPDX-License-Identifier: MIT */
/* cases_section.c - a command line and an initrd in our own file; headers that lie about them. */
#include "tests/host/fake/cases.h"

#define NOTHING		.cmdline = ""
#define INITRD		FAKE_SECTION_INITRD
#define TWO		((INITRD + 3) / 4 * 4 + INITRD)
#define ADDED(kind)	.sections = SECTIONS_##kind
#define FILES		.disk = DISK_OK, .file_size = INITRD
#define OFFERED		.load = LOAD_OK, .load_size = INITRD

const struct fake_case fake_sections[] = {
	{ "both sections", .f = { ADDED(BOTH) }, .cmdline = FAKE_SECTION_TEXT, .initrd = INITRD },
	{ "load options before the section", .f = { ADDED(BOTH), NARROW("a=options") },
	  .cmdline = "a=options", .initrd = INITRD, .silent = true },
	{ "load options of nothing", .f = { ADDED(BOTH), NARROW("  ") },
	  .cmdline = FAKE_SECTION_TEXT, .initrd = INITRD },
	{ "the section before the text file", .f = { ADDED(CMDLINE), FILES, .text = "a=file" },
	  .cmdline = FAKE_SECTION_TEXT },
	{ "the text file beside an initrd", .f = { ADDED(INITRD), FILES, .text = "a=file" },
	  .cmdline = "a=file", .initrd = INITRD },
	{ "an initrd after that in the file", .f = { ADDED(INITRD), FILES,
						      NARROW("initrd=initrd") }, .initrd = TWO },
	{ "a loader's initrd after it", .f = { ADDED(INITRD), OFFERED }, .initrd = TWO },
	{ "a tree's initrd does not count", .f = { ADDED(INITRD), .tree = TREE_INITRD },
	  .initrd = INITRD },
	{ "no memory for both initrds", .f = { ADDED(INITRD), OFFERED, .alloc_from = 1 },
	  .want = EFI_OUT_OF_RESOURCES, .says = "error: initrd: no memory for 6005 bytes" },
	{ "an initrd of 2^62 bytes after it", .f = { ADDED(INITRD), FILES, .file_huge = 1,
						      NARROW("initrd=initrd") },
	  .want = EFI_OUT_OF_RESOURCES, .says = "error: initrd: no memory for 46116860184273" },
	{ "the image stays", .f = { ADDED(BOTH), NARROW("place=stay") }, .initrd = INITRD },
	{ "a TPM", .f = { ADDED(BOTH), .tcg = TCG_1_2 }, .initrd = INITRD,
	  .flags = BOOT_MEASURED_CMDLINE | BOOT_MEASURED_INITRD },

	/* ---- Secure Boot: debug is in the section, which is signed ---- */
	{ "Secure Boot: the section may weaken", .f = { ADDED(BOTH), .variables = VARS_SECURE },
	  .cmdline = FAKE_SECTION_TEXT, .initrd = INITRD, .flags = BOOT_SECURE_BOOT },
	{ "Secure Boot: load options do not count", .f = { ADDED(BOTH), NARROW("mmu=off"),
							   .variables = VARS_SECURE },
	  .cmdline = FAKE_SECTION_TEXT, .initrd = INITRD,
	  .says = "warning: load options not used: Secure Boot is on" },
	{ "Secure Boot: load options without a section", .f = { ADDED(INITRD), NARROW("debug"),
								.variables = VARS_SECURE },
	  .want = EFI_SECURITY_VIOLATION, .says = "error: debug: disabled by Secure Boot" },
	{ "Secure Boot: a text file", .f = { ADDED(INITRD), FILES, .text = "debug",
					     .variables = VARS_SECURE },
	  .want = EFI_SECURITY_VIOLATION, .says = "error: debug: disabled by Secure Boot" },
	{ "Secure Boot: the loader's initrd", .f = { ADDED(INITRD), OFFERED,
						     .variables = VARS_SECURE },
	  .initrd = INITRD, .says = "warning: the loader's initrd is unsigned" },
	{ "Secure Boot: an initrd that is asked for", .f = { ADDED(INITRD), FILES,
			NARROW("initrd=initrd"), .variables = VARS_SECURE },
	  .want = EFI_SECURITY_VIOLATION, .says = "error: initrd=: disabled by Secure Boot" },
	{ "Secure Boot: an initrd without one of ours", .f = { ADDED(CMDLINE), OFFERED,
			.variables = VARS_SECURE }, .initrd = INITRD },

	/* ---- headers that lie ---- */
	{ "no MZ", .f = { ADDED(NO_MZ) }, NOTHING },
	{ "no PE", .f = { ADDED(NO_PE) }, NOTHING },
	{ "PE's header at the end of the page", .f = { ADDED(FAR) }, NOTHING, .silent = true },
	{ "PE's header outside", .f = { ADDED(OUTSIDE) }, NOTHING },
	{ "PE's header at an odd place", .f = { ADDED(ODD) }, NOTHING },
	{ "an optional header of 64 KiB", .f = { ADDED(OPTIONAL) }, NOTHING },
	{ "one of an odd size", .f = { ADDED(OPTIONAL_ODD) }, NOTHING },
	{ "too many sections", .f = { ADDED(MANY) }, NOTHING },
	{ "sections in our image", .f = { ADDED(OURS) }, NOTHING },
	{ "sections that end behind the image", .f = { ADDED(BEHIND) }, NOTHING },
	{ "sections that wrap", .f = { ADDED(WRAPS) }, NOTHING },
	{ "sections of nothing", .f = { ADDED(EMPTY) }, NOTHING },
	{ "sections in memory that is not ours", .f = { ADDED(NOT_OURS) }, NOTHING,
	  .says = "warning: sections of our file lie outside our memory: ignored" },
	{ "an image of 4 GiB", .f = { ADDED(HUGE) }, NOTHING,
	  .says = "warning: sections of our file lie outside our memory: ignored" },
	{ "sections twice: the first", .f = { ADDED(TWICE) }, .cmdline = FAKE_SECTION_TEXT,
	  .initrd = INITRD },
	{ "Q-17: the page of headers is not mapped", .f = { ADDED(UNMAPPED) }, NOTHING },
};
const uint32_t fake_sections_count = ARRAY_SIZE(fake_sections);
