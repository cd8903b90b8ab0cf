/* SPDX-License-Identifier: MIT */
/* idmap.c - where arch_jump can run while the MMU goes on or off: at its physical address. */
#include "idmap.h"
#include "cpu.h"
#include "lib/image.h"
#include "lib/string.h"
#include "sysreg.h"

extern const char jump_code[];

/* Whether the live tables map `at` to itself. */
static bool at_identity(uint64_t at)
{
	uint64_t par;

	if (cpu_level() == 2)
		__asm__ volatile("at s1e2r, %0" :: "r"(at));
	else
		__asm__ volatile("at s1e1r, %0" :: "r"(at));
	__asm__ volatile("isb");
	/* Cortex-A77 erratum 1508412: no access to Device memory near a read of PAR */
	__asm__ volatile("dmb sy\n\tmrs %0, par_el1\n\tdmb sy" : "=r"(par) :: "memory");
	return !(par & PAR_F) && ALIGN_DOWN(par & PAR_PA, PAGE_SIZE) == ALIGN_DOWN(at, PAGE_SIZE);
}

uint64_t idmap_jump(const struct boot_info *bi)
{
	const uint64_t loaded = bi->image_loaded, jump = image_offset(jump_code);
	const uint64_t code = image_offset(idmap_start), size = image_offset(idmap_end) - code;

	if (bi->image_virt == bi->image.base)
		return bi->image.base + jump;
	if (loaded >= ARCH_REACH || !at_identity(loaded + code) ||
	    memcmp((const void *)(loaded + code), idmap_start, size))
		return 0;
	return loaded + jump;
}
