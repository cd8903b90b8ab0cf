/* SPDX-License-Identifier: MIT */
/*
 * raw.h - entered without firmware: what a collector fills and what is made of it. The collectors
 * are declared in arch/collect.h: which there are is the CPU's business.
 *
 * The entry code (arch/<isa>/) has sampled the counter, masked interrupts and put SP at the top
 * of the RAW_SCRATCH bytes behind the image, which every header promises to be ours. The lowest
 * RAW_TRAP_STACK of them are the trap stack. There is nobody to return to: every error is a
 * panic(), and the console is set up before anything can fail.
 */
#ifndef STUB_RAW_H
#define STUB_RAW_H
#include "arch/boot.h"
#include "lib/console/panic.h"
#include "lib/image.h"
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/reach.h"

#define RAW_RANGES	512
#define RAW_NAMED	65536		/* what names more is no map */
#define RAW_TOP		(1ull << 48)	/* what a loader names above is not believed */
#define RAW_TRAP_STACK	(2 * PAGE_SIZE)

/* Of what a loader names: cannot be, so that the boot goes on without it. */
struct raw_drop {
	const char *what, *why, *more;
	struct boot_range mem;
};
#define RAW_DROPS	4	/* one of each kind at most: screen, initrd or its list, header */

/* Memory as the loader describes it, any order, overlapping; memmap_normalise() decides. */
struct raw {
	uint64_t limit;			/* the arena ends below */
	struct reach reach;
	bool anywhere;			/* no tables are in force: any address will do */
	uint64_t lost;			/* bytes of FREE memory that there was no room for */
	uint32_t named;			/* ranges since the room was used up */
	uint32_t n, drops;
	struct raw_drop drop[RAW_DROPS];
	struct boot_mem map[RAW_RANGES];
};

/* Empty but for the memory we run in. */
void raw_begin(struct raw *r);

/*
 * Note one range; size 0 is none. When the room is used up what is alike and meets becomes one
 * range, and the order of the map changes. If that is not enough FREE memory pays, the least
 * there is: it is RECLAIM as its neighbour is, or forgotten, or lies between two reservations.
 * Without any it is a panic. Modules of the draft need not be added.
 */
void raw_add(struct raw *r, uint64_t base, uint64_t size, enum boot_mem_type type);
void raw_keep(struct raw *r, const struct boot_mem *m);

/* To be said after what is not found in memory: why it may be, or nothing. */
const char *raw_lost(const struct raw *r);

/* Begin again with an empty map; its n ranges are in `old`. */
uint32_t raw_again(struct raw *r, struct boot_mem old[RAW_RANGES]);

/*
 * A module must be whole in memory that is known already, below ARCH_REACH, and apart from the
 * image, before it is believed; else it is dropped. Loaders like to reserve it as well, which
 * must not hide it from the kernel: a reservation of nothing but the module is dropped. Where one
 * is of more (a page that is shared, Q-98) the module's pages are NVS: the kernel can read them
 * and never has them.
 */
void raw_module(struct raw *r, const char *what, struct boot_module *module);

/* A warning for later: the port it is to be heard on may not be known yet. */
void raw_drop(struct raw *r, const struct raw_drop *drop);

/* Whether it is clear of the image and of the scratch that we run on. */
bool raw_apart(const struct boot_range *mem);

/*
 * The device tree's: it may also lie where no memory is known, in ROM or in what the loader kept
 * for itself. Then it is NVS: nobody's, and readable. True if it is in memory. One that cannot
 * be is a panic: all that is known comes from it.
 */
bool raw_tree(struct raw *r, const struct boot_range *mem);

/* That is what it does with reservations; for a range that is in memory. */
void raw_clear(struct raw *r, const struct boot_range *mem);

/*
 * A crash kernel lives in the n ranges at `usable`, which are sorted here, and leaves the rest as
 * the dead kernel left it: what might be given away elsewhere becomes RESERVED, tables NVS. The
 * modules of the draft can be read wherever they are. After all memory and modules are known.
 */
#define RAW_USABLE	16
void raw_limit(const struct draft *d, struct raw *r, struct boot_range *usable, uint32_t n);

/* From now on messages go to draft.info.uart. As soon as it is known. */
void raw_console(const struct draft *d);

/* Whether so much can be read and written there, memory known or not. */
bool raw_reach(struct raw *r, uint64_t base, uint64_t size);

/*
 * Say on arch_collect_port()'s port what cannot be panicked about: the image is not relocated, or
 * what the stub needs is not mapped. Wants nothing but the image itself.
 */
_Noreturn void raw_fail(const char *why, uint64_t a);

/* All the stub does without firmware. */
_Noreturn void raw_boot(struct draft *d, struct arena *arena, uint64_t a, uint64_t b);

/*
 * Choose the arena's place and settle it, as efi_place() does: a 2 MiB aligned slot in FREE
 * memory above 1 MiB that raw_reach() reaches. Pure but for that and panic().
 */
void raw_place(struct draft *d, struct arena *a, struct raw *r);
#endif
