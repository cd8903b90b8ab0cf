/* SPDX-License-Identifier: MIT */
/*
 * raw.h - booting without firmware: what a collector fills in, and what becomes of it. The
 * collectors are declared in arch/collect.h, as they depend on the CPU.
 *
 * The entry code (arch/<isa>/) has sampled the counter, masked interrupts and set SP to the top of
 * the RAW_SCRATCH bytes after the image, which every header reserves for us. The lowest
 * RAW_TRAP_STACK of them are the trap stack. We cannot return, so every error is a panic(), and the
 * console is set up before anything can fail.
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
#define RAW_BEYOND	65536		/* more ranges from a loader are not believed */
#define RAW_TOP		(1ull << 48)	/* nor are higher addresses */
#define RAW_TRAP_STACK	(2 * PAGE_SIZE)

/* Something from the loader that is unusable, so the boot goes on without it. */
struct raw_drop {
	const char *what, *why, *more;
	struct boot_range mem;
};
/* command line, screen, initrd, its list, ELF header; modules */
#define RAW_DROPS	(5 + DRAFT_FILES)

/* Memory as the loader describes it: in any order, overlapping. memmap_normalise() sorts it out. */
struct raw {
	uint64_t limit;			/* the arena must end below this */
	uint64_t scratch;		/* RAW_SCRATCH bytes with our stacks */
	struct reach reach;
	bool anywhere;			/* the MMU is off: every address can be read */
	bool video;			/* the entry code has set the mode for video=max */
	uint64_t lost;			/* bytes of FREE memory dropped for lack of room */
	uint32_t beyond;		/* ranges added since the map became full */
	uint32_t n, drops;
	struct raw_drop drop[RAW_DROPS];
	struct boot_mem map[RAW_RANGES];
};

/*
 * stub_main()'s second word with BOOT_ENTRY_AGAIN. A pointer, so that the collector is not linked
 * into kernels that do not call stub_again().
 */
struct raw_door {
	uint64_t scratch;		/* for raw.scratch, which otherwise is image_end */
	void (*collect)(struct draft *d, struct raw *r, uint64_t a);
};

/* Begin with a map of nothing but the memory that we run in. */
void raw_begin(struct raw *r);

/*
 * Add one range; ignored if size is 0. When the map is full, like ranges that touch are merged, and
 * their order changes. If that is not enough, the smallest possible amount of FREE memory is given
 * up: it becomes RECLAIM like its neighbour, or is dropped, or is covered by merging two
 * reservations. Panics if there is none. Modules in the draft need not be added. raw_keep() also
 * keeps the range's cache attributes.
 */
void raw_add(struct raw *r, uint64_t base, uint64_t size, enum boot_mem_type type);
void raw_keep(struct raw *r, const struct boot_mem *m);

/* A reason to print after something was not found in memory; "" if nothing was dropped. */
const char *raw_lost(const struct raw *r);

/* Empty the map. Returns how many ranges it had; they are now in `old`. */
uint32_t raw_empty(struct raw *r, struct boot_mem old[RAW_RANGES]);

/*
 * Check a module: it must lie completely in known memory, below ARCH_REACH and apart from the
 * image; else it is dropped. Loaders often reserve its memory too, which must not hide it from the
 * kernel: so a reservation of just the module is removed. If a reservation covers more (a shared
 * page, Q-98), the module's pages become NVS: the kernel can read but never reuse them.
 */
void raw_module(struct raw *r, const char *what, struct boot_module *module);

/* Record a warning for later, as the serial port may not be known yet. `more`: after `why`. */
void raw_drop(struct raw *r, const char *what, const char *why, const char *more,
	      const struct boot_range *mem);

/* What we run in: the image without its header page, and the scratch after it. */
static inline struct boot_range raw_own(void)
{
	const uint64_t base = (uint64_t)image_doors;

	return (struct boot_range){ base, (uint64_t)image_end + RAW_SCRATCH - base };
}

/* Whether it does not overlap raw_own(). */
bool raw_apart(const struct boot_range *mem);

/*
 * Check the device tree. It may also be outside of known memory, in ROM or in memory that the
 * loader has kept; then it becomes NVS. True if it is in known memory. An impossible one is a
 * panic, as everything we know comes from it.
 */
bool raw_tree(struct raw *r, const struct boot_range *mem);

/* Do what raw_module() does with reservations, for a range that is in memory. */
void raw_clear(struct raw *r, const struct boot_range *mem);

/*
 * Restrict a crash kernel to the n ranges at `usable`, which are sorted here. Outside of them what
 * could be given out becomes RESERVED, and tables become NVS. The draft's modules stay readable
 * wherever they are. Call it after all memory and modules are known.
 */
#define RAW_USABLE	16
void raw_limit(const struct draft *d, struct raw *r, struct boot_range *usable, uint32_t n);

/* Send messages to draft.info.uart from now on. Call it as soon as that is known. */
void raw_console(const struct draft *d);

/* Whether the range can be read and written, known as memory or not. */
bool raw_reach(struct raw *r, uint64_t base, uint64_t size);

/*
 * Print an error on arch_collect_port()'s port and halt, where panic() cannot be used: the image is
 * not relocated, or required memory is not mapped. `a` is stub_main()'s first word for the entry,
 * or 0. Needs only the image itself.
 */
_Noreturn void raw_fail(const char *why, uint64_t a);

/* The whole boot without firmware. */
_Noreturn void raw_boot(struct draft *d, struct arena *arena, uint64_t a, uint64_t b);

/*
 * Choose the arena's place and settle it, like efi_place(): in FREE memory above 1 MiB that
 * raw_reach() can reach, aligned to 2 MiB or, if none is, to a page. Pure except for that and
 * panic().
 */
void raw_place(struct draft *d, struct arena *a, struct raw *r);
#endif
