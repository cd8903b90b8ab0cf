/* SPDX-License-Identifier: MIT */
/* cases_handover.c - what else a kernel gets: the time, modules. */
#include "tests/host/fake/cases.h"

#define NOW_LOCAL	1795669933	/* 2026-11-26 05:12:13 */

#define FILES(text)	NARROW(text), .disk = DISK_OK
#define SIXTEEN(word)	FOUR(word) FOUR(word) FOUR(word) FOUR(word)
#define FOUR(word)	word word word word
#define NAME_240	SIXTEEN("fifteen.letters")

const struct fake_case fake_handover[] = {
	{ "the time, an hour east", .clock = NOW_LOCAL - 3600 },
	{ "the time without a zone", .f = { .clock = CLOCK_NO_ZONE }, .clock = NOW_LOCAL },
	{ "no GetTime", .f = { .clock = CLOCK_NULL }, .clock = CLOCK_ABSENT },
	{ "no runtime services", .f = { .table = TABLE_NO_RUNTIME }, .clock = CLOCK_ABSENT },
	{ "GetTime fails", .f = { .clock = CLOCK_FAILS }, .clock = CLOCK_ABSENT },
	{ "Q-104: GetTime gives zeros", .f = { .clock = CLOCK_ZERO }, .clock = CLOCK_ABSENT },
	{ "Q-104: the 31st of November", .f = { .clock = CLOCK_NO_DAY }, .clock = CLOCK_ABSENT },
	{ "Q-104: a zone of more than a day", .f = { .clock = CLOCK_WILD_ZONE },
	  .clock = CLOCK_ABSENT },
	{ "Q-104: before 1970", .f = { .clock = CLOCK_BEFORE }, .clock = CLOCK_ABSENT },
	{ "Q-104: daylight saving of no known kind", .f = { .clock = CLOCK_ODD },
	  .clock = CLOCK_ABSENT },

	/* ---- files ---- */
	{ "two modules and an initrd", .f = { FILES("module=\\module initrd=\\initrd "
						     "module=a/module"), .file_size = 3001 },
	  .initrd = 3001, .modules = 2 },
	{ "two initrds", .f = { FILES("initrd=\\initrd initrd=b/initrd"), .file_size = 3001 },
	  .initrd = 3004 + 3001 },
	{ "sixteen of each", .f = { FILES(SIXTEEN("initrd=initrd ") SIXTEEN("module=module ")),
				    .file_size = 17 }, .initrd = 15 * 20 + 17, .modules = 16 },
	{ "seventeen modules", .f = { FILES(SIXTEEN("module=module ") "module=/module"),
				      .file_size = 17 }, .want = EFI_INVALID_PARAMETER,
	  .says = "stubborn: error: module=/module: too many modules" },
	{ "seventeen initrds", .f = { FILES(SIXTEEN("initrd=initrd ") "initrd=initrd"),
				      .file_size = 17 }, .want = EFI_INVALID_PARAMETER,
	  .says = "stubborn: error: initrd=: more than 16" },
	{ "a module without a name", .f = { FILES("module= x"), .file_size = 9 },
	  .want = EFI_INVALID_PARAMETER, .says = "error: module=: invalid value" },
	{ "modules after --", .f = { FILES("-- module=module"), .file_size = 9 } },
	{ "a name of 255 bytes", .f = { FILES("module=" NAME_240 "123456789module"),
					.file_size = 9 }, .modules = 1 },
	{ "a name of 256 bytes", .f = { FILES("module=" NAME_240 "1234567890module"),
					.file_size = 9 },
	  .want = EFI_INVALID_PARAMETER, .says = "error: module=: a name of more than 255 bytes" },
	{ "a module that is not there", .f = { FILES("module=module module=nothing"),
					       .file_size = 9 },
	  .want = EFI_NOT_FOUND, .says = "error: module=nothing: cannot be opened" },
	{ "an empty module", .f = { FILES("module=module") }, .want = EFI_NOT_FOUND,
	  .says = "error: module=module: is empty" },
	{ "the second initrd is not there", .f = { FILES("initrd=initrd initrd=x"),
						   .file_size = 9 },
	  .want = EFI_NOT_FOUND, .says = "error: initrd=x: cannot be opened" },
	{ "a module of 2^62 bytes", .f = { FILES("module=module"), .file_huge = 1 },
	  .want = EFI_OUT_OF_RESOURCES, .says = "error: module: no memory for 46116860184273" },
	{ "initrds of 2^62 bytes each", .f = { FILES("initrd=initrd initrd=initrd "
						     "initrd=initrd initrd=initrd"),
					       .file_huge = 1 },
	  .want = EFI_OUT_OF_RESOURCES, .says = "error: initrd: no memory for" },
	{ "a module cannot be read to its end", .f = { FILES("module=module"), .file_size = 900,
						       .read_step = 100, .read_call = 7 },
	  .want = EFI_LOAD_ERROR, .says = "error: module=module: cannot be read" },
	{ "pages given twice", .f = { FILES("module=module module=/module"), .file_size = 77,
				      .alloc_again = 2 }, .modules = 2 },
	{ "pages given twice, the second time to the third", .f = {
		FILES("module=module module=/module module=module"), .file_size = 77,
		.alloc_again = 3 }, .modules = 3 },
	{ "modules, an initrd and a TPM", .f = { FILES("module=module initrd=initrd "
						       "module=module"),
						 .file_size = 77, .tcg = TCG_1_2 },
	  .initrd = 77, .modules = 2,
	  .flags = BOOT_MEASURED_FILES | BOOT_MEASURED_INITRD },
	{ "a module, and the TPM refuses", .f = { FILES("module=module"), .file_size = 77,
						  .tcg = TCG_FAILS },
	  .modules = 1, .flags = BOOT_MEASURE_FAILED, .no_flags = BOOT_MEASURED_FILES },
};
const uint32_t fake_handover_count = ARRAY_SIZE(fake_handover);
