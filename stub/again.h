/* SPDX-License-Identifier: MIT */
/*
 * again.h - what is kept of a boot so that its kernel can boot once more: at boot_info.kept, for
 * kernels that ask for it. A kernel that never calls stub_again() is linked without its code.
 */
#ifndef STUB_AGAIN_H
#define STUB_AGAIN_H
#include "lib/image.h"
#include "stub/collect.h"
#include "stub/draft.h"

#define AGAIN_WORDS	4

struct again {
	uint64_t entropy[AGAIN_WORDS];	/* no kernel has seen it: for the next seed; 0: none */
	uint64_t began;			/* arch_counter() when stub_again() was called */
	uint64_t room;			/* ARCH_AGAIN_ROOM bytes: the stub's stack */
	uint64_t cmdline_len;
	char cmdline[CMDLINE_MAX];
	char why[COLLECT_WHY];		/* what stub_again() returns */
	uint64_t data[];		/* image_data to image_data_end, before the kernel ran */
};

/* Bytes of data. */
static inline uint64_t again_data(void)
{
	return image_offset(image_data_end) - image_offset(image_data);
}

/* Bytes to keep; 0 unless the kernel asks for it. */
static inline uint64_t again_kept(const struct kernel_wants *w)
{
	return w->flags & KERNEL_AGAIN ? sizeof(struct again) + again_data() : 0;
}

/* Memory that the old kernel owns or may have taken, and that the new one may use. */
static inline bool again_given(uint32_t type)
{
	return (1u << BOOT_MEM_FREE | 1u << BOOT_MEM_RECLAIM | 1u << BOOT_MEM_IMAGE |
		1u << BOOT_MEM_HANDOFF) >> (type % 32) & (type < BOOT_MEM_TYPES);
}

/*
 * Whether `r` lies in bi->handoff and begins at a multiple of `word` bytes; true if it is absent.
 */
bool again_held(const struct boot_info *bi, const struct boot_range *r, uint64_t word);

/*
 * Check that `bi`, at physical address `pa`, can be what this image's stub wrote, with its arrays
 * and texts inside the handoff. NULL, or why not in a few words. Reads only `bi`. Pure.
 */
const char *again_check(const struct boot_info *bi, uint64_t pa);

struct raw;
struct raw_door;

/*
 * A collector for raw_boot(): takes over what the previous run left in the boot_info at `a`.
 * raw/again.c
 */
void again_collect(struct draft *d, struct raw *r, uint64_t a);

/*
 * Fill in `door` with again_collect(). Before relocation only that function's own file can compute
 * its address.
 */
void again_door(struct raw_door *door, uint64_t scratch);

/*
 * Called by arch_again(), on the stack in the room, with everything at its physical address and
 * nothing relocated.
 */
_Noreturn void again_enter(const struct boot_info *bi);
#endif
