/* SPDX-License-Identifier: MIT */
/*
 * faults.h - everything that the fake firmware can do wrong, as numbers. All zero: good firmware.
 *
 * Names and meanings are tests/faults.h's. Only numbers, so that a case is a line and a fuzzer can
 * write it (knobs.c).
 */
#ifndef FAKE_FAULTS_H
#define FAKE_FAULTS_H
#include "tests/faults.h"

#define FOR_EVER	1000000u

enum machine {
	MACHINE_PLAIN,		/* RAM below 2 GiB in some twenty descriptors */
	MACHINE_HIGH,		/* all free RAM far above 4 GiB */
	MACHINE_FULL,		/* no free page at all */
	MACHINE_SMALL,		/* not enough for the arena, enough for a map buffer */
	MACHINE_PIECES,		/* free RAM has no 2 MiB step: the arena fits at odd places only */
	MACHINE_UC,		/* pieces, and much that cannot be cached */
	MACHINE_SP,		/* pieces, and much that is for a special purpose */
	MACHINE_FAR,		/* pieces, and much that no page table reaches */
	MACHINE_BAD,		/* all of these, and no pieces */
	MACHINE_8000,		/* 8,000 descriptors, no two neighbours alike */
	MACHINE_70000,		/* more than the stub's index has bits for */
	MACHINES,
};

#define FIELD_0(name)
#define FIELD_1(name)	uint32_t name;
#define X(name, fake, real, meaning)	FIELD_##fake(name)
struct faults {
	FAULTS(X)

	/* load options: the bytes, besides where they begin and whether they are there */
	const void *options;
	uint32_t options_size;
	const char *text;		/* the text file; NULL: there is none */
};
#undef X
#endif
