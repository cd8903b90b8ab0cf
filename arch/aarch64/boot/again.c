/* SPDX-License-Identifier: MIT */
/*
 * again.c - from a running kernel back to physical addresses: the MMU goes off.
 *
 * arch_jump() does that, as for regime "off", and must run at its physical address. If the image
 * does not, the page of the last jump's trampoline is still identity mapped.
 */
#include "arch/boot.h"
#include "idmap.h"
#include "lib/image.h"
#include "trap.h"

extern const char again_entry[];

/* Nothing is written before the MMU is off. */
bool arch_again_room(const struct boot_info *bi, uint64_t base)
{
	(void)bi;
	(void)base;
	return true;
}

const char *arch_again_check(const struct boot_info *bi)
{
	return idmap_jump(bi) ? NULL : "the old trampoline's page is mapped elsewhere";
}

const char *arch_again(const struct boot_info *bi, uint64_t room)
{
	const uint64_t image = bi->image.base, code = idmap_jump(bi);
	void (*jump)(const struct jump_plan *) = (void (*)(const struct jump_plan *))code;
	struct jump_plan plan;

	arch_irq_off();
	(void)arch_level(false);	/* at the current level */
	arch_plan(&plan, BOOT_MMU_OFF, 0, image);
	plan.entry = image + image_offset(again_entry);
	plan.arg = (uint64_t)bi - bi->direct_map;
	plan.stack = room + RAW_SCRATCH;
	/*
	 * What is read with caches off before the collector cleans for itself; and our data, of
	 * which no dirty line may be evicted over what is written then. The stub has no .bss.
	 */
	arch_clean((uint64_t)image_text, (uint64_t)image_bss_file - (uint64_t)image_text);
	arch_clean(ALIGN_DOWN((uint64_t)bi, PAGE_SIZE), PAGE_SIZE);
	arch_clean(bi->kept.base + bi->direct_map, bi->kept.size);
	arch_clean_code();
	jump(&plan);
	__builtin_unreachable();
}

bool arch_again_map(uint64_t scratch)
{
	(void)scratch;
	return true;
}

/* After a drop to EL1, EL2 keeps the vectors of the image that dropped. */
uint64_t arch_again_pinned(const struct boot_info *old)
{
	if (!(old->cpu_flags & BOOT_CPU_DROPPED))
		return 0;
	return ALIGN_DOWN(old->image.base + image_offset(trap_vectors), PAGE_SIZE);
}
