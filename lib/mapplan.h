/* SPDX-License-Identifier: MIT */
/*
 * mapplan.h - which memory gets which mapping in a regime.
 *
 * In "identity" and "mapped", the image is mapped by segment (text RX, read-only data RO, the rest
 * RW; never writable and executable), the handoff RW without the guard page below each stack,
 * modules and all other RAM RW, the framebuffer write combining, a memory-mapped UART as device,
 * the trampoline RX at identity. RESERVED and MMIO memory and firmware's runtime code are not
 * mapped. In "mapped", RAM is at direct_map + physical, the image runs at image_virt, and its alias
 * in the direct map has no executable page and no writable text.
 */
#ifndef MAPPLAN_H
#define MAPPLAN_H
#include "include/stubborn/boot_info.h"
#include "arch/map.h"

/* Types of memory mapped as RAM. */
#define MAPPLAN_RAM	(1u << BOOT_MEM_FREE | 1u << BOOT_MEM_RECLAIM | 1u << BOOT_MEM_ACPI | \
			 1u << BOOT_MEM_MODULE | 1u << BOOT_MEM_RUNTIME_DATA | \
			 1u << BOOT_MEM_NVS)

/*
 * Map what bi->regime promises (off counts as identity, for the kernel's own map later). `mem` is
 * bi->memmap's array of n entries, accessible. Needs in bi: regime, image, image_virt, direct_map,
 * handoff, boot_stack, trap_stack, fb, uart. `trampoline` may be empty. Essential parts are mapped
 * first: ERR_NO_MEMORY if even those do not fit. RAM that could not be mapped for lack of table
 * pages is counted in *unmapped (bytes); call again with more pages to complete it. RAM above
 * ARCH_REACH is counted too, but never mapped, nor is a screen or a port there. Pure.
 */
status_t mapplan_apply(struct arch_map *m, const struct boot_info *bi, const struct boot_mem *mem,
		       uint32_t n, const struct boot_range *trampoline, uint64_t *unmapped);
#endif
