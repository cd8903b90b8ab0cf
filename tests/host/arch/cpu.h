/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - the host instead of a CPU's folder: all of arch/ except the page tables.
 *
 * For all host tests. It knows nothing about firmware. A function that a test may define itself
 * shares its file only with functions that such a test defines, too: the linker then leaves out the
 * file. What the stub does to the CPU is recorded in fake_cpu; where a real CPU would not return
 * (the jump, a halt), control goes to fake_cpu.out.
 */
#ifndef FAKE_CPU_H
#define FAKE_CPU_H
#include <setjmp.h>
#include "arch/boot.h"
#include "arch/kernel.h"
#include "arch/map.h"

#define FAKE_COM1	0x3f8
#define FAKE_COM2	0x2f8
#define CPU_CLEANS	64
#define CPU_SERIAL	4096
#define CPU_GUARD_SLOTS	1024		/* 2 MiB steps of the mapped image */

enum fake_end { END_RETURNED, END_JUMPED, END_HALTED, END_FAULTED };
#define END_AGAIN	(END_FAULTED + 1)	/* arch_again() was called */

struct fake_cpu {
	/* set before a run */
	bool has_off;			/* regime "off" exists, as on aarch64 */
	bool has_random, stuck;
	const uint64_t *random;		/* what the generator returns, in a loop; NULL: as above */
	uint32_t randoms, random_at;	/* words in the cycle; words taken so far */
	void (*forbidden)(const char *name);	/* may be NULL */
	bool cold;
	uint64_t pinned;		/* what arch_again_pinned() returns */
	const char *no_again;		/* what arch_again_check() returns */
	uint64_t room_first;		/* arch_again_room() accepts addresses up to this */
	bool no_gib;			/* no leaves of 1 GiB */
	bool no_port;			/* nothing answers at COM1 */
	bool no_uart;			/* no port is common to all machines, as on aarch64 */
	uint32_t levels;		/* of page tables; 0: 4 */
	const char *lacks;
	uint64_t top;			/* all below is mapped; 4 GiB until a reset */
	struct boot_range unmapped;	/* but this */
	bool no_devices;		/* no device is mapped */

	/* recorded */
	jmp_buf out;			/* enum fake_end */
	struct jump_plan plan;
	uint64_t room;			/* arch_again() has been called with it */
	uint64_t trap_copy, trap_virt, trap_stack;
	bool irq_off, traps;
	struct boot_range clean[CPU_CLEANS];	/* in order; further ones are only counted */
	uint32_t cleans, code_cleans;
	char serial[CPU_SERIAL];	/* all bytes sent to COM1, NUL terminated */
	uint32_t serial_len;
	uint8_t scratch;
	uint64_t counter;
};
extern struct fake_cpu fake_cpu;

/* Reset all records and settings. The caller sets fake_cpu.out. */
void fake_cpu_reset(void);

/* How often exactly this range has been cleaned. */
uint32_t fake_cleaned(uint64_t base, uint64_t size);

/* Called by functions that a test that does not follow a boot to its end must not reach. */
void fake_forbidden(const char *name);

/* words.c: how many words were moved: shows that the fast path was taken. */
extern uint64_t fake_copies, fake_fills;
#endif
