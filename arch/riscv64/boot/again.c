/* SPDX-License-Identifier: MIT */
/* again.c - from a running kernel back to physical addresses: arch_jump to regime "off". */
#include "arch/boot.h"
#include "lib/image.h"

extern const char again_entry[], jump_physical[];

/* Nothing is written before satp is 0. */
bool arch_again_room(const struct boot_info *bi, uint64_t base)
{
	(void)bi;
	(void)base;
	return true;
}

const char *arch_again_check(const struct boot_info *bi)
{
	(void)bi;
	return NULL;
}

const char *arch_again(const struct boot_info *bi, uint64_t room)
{
	const uint64_t image = bi->image.base;
	struct jump_plan plan;

	arch_irq_off();
	arch_plan(&plan, BOOT_MMU_OFF, 0, image);
	plan.ctl[1] = image + image_offset(jump_physical);
	plan.entry = image + image_offset(again_entry);
	plan.arg = (uint64_t)bi - bi->direct_map;
	plan.stack = room + RAW_SCRATCH;
	arch_jump(&plan);
}

bool arch_again_map(uint64_t scratch)
{
	(void)scratch;
	return true;
}

uint64_t arch_again_pinned(const struct boot_info *old)
{
	(void)old;
	return 0;
}
