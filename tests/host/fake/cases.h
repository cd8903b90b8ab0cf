/* SPDX-License-Identifier: MIT */
/* cases.h - tables of named cases, and sweeps over many of them. */
#ifndef CASES_H
#define CASES_H
#include "tests/host/fake/fake.h"

enum fake_screen { SCREEN_ANY, SCREEN_NONE, SCREEN_FIRST, SCREEN_SECOND };

struct fake_case {
	const char *name;	/* its numbers in tests/quirks.md, and a description */
	struct faults f;
	efi_status_t want;	/* EFI_SUCCESS: the kernel is entered */
	const char *says;	/* on ConOut or the serial port; NULL: not checked */
	bool silent;		/* nothing on ConOut */
	const char *cmdline;	/* what the kernel gets; NULL: not checked */
	uint32_t initrd;	/* bytes of it that the kernel gets */
	bool panics;		/* after firmware was left */
	uint32_t faults;	/* 1 + the stage that faults, as fault= asks; 0: none */
	uint32_t flags, no_flags;	/* of boot_info: set, not set */
	uint32_t screen;	/* enum fake_screen */
	uint32_t width, height;	/* of the screen; 0: not looked at */
	uint32_t modules;	/* with names */
	uint64_t clock;		/* seconds; CLOCK_ABSENT: 0; 0: not looked at */
};

#define CLOCK_ABSENT	1

extern const struct fake_case fake_memory[], fake_devices[], fake_texts[], fake_handover[],
	fake_video[], fake_sections[];
extern const uint32_t fake_memory_count, fake_devices_count, fake_texts_count,
	fake_handover_count, fake_video_count, fake_sections_count;
#define FAKE_GROUPS	6

struct fake_sweep {
	const char *name;
	bool (*run)(void);
};
extern const struct fake_sweep fake_sweeps[];	/* ends with NULL */

/* Run one case; says what is wrong. */
bool case_passes(const struct fake_case *c);

/* Load options: UTF-16 with its NUL; 8-bit text with its NUL; bytes as they are. */
#define WIDE(s)		.options = u##s, .options_size = sizeof(u##s)
#define NARROW(s)	.options = s, .options_size = sizeof(s)
#define BYTES(s)	.options = s, .options_size = sizeof(s) - 1
#endif
