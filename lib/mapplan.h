/* SPDX-License-Identifier: MIT */
/*
 * mapplan.h - which memory gets which mapping in a regime.
 *
 * The promise of "identity" and "mapped": the image by segment (text RX, read-only data
 * RO, the rest RW; never two of them at once), the handoff RW without the guard page below
 * each stack, modules and all other RAM RW, the framebuffer write combining, a memory-mapped
 * UART as device, the trampoline RX at identity. RESERVED and MMIO memory, and firmware's
 * runtime code, are not mapped. In "mapped" RAM is found at direct_map + physical, the image
 * runs at image_virt, and its direct-map alias has no executable page and no writable
 * text.
 */
#ifndef MAPPLAN_H
#define MAPPLAN_H
#include "include/stubborn/boot_info.h"
#include "arch/map.h"

/* Types of memory that are mapped as RAM. */
#define MAPPLAN_RAM	(1u << BOOT_MEM_FREE | 1u << BOOT_MEM_RECLAIM | 1u << BOOT_MEM_ACPI | \
			 1u << BOOT_MEM_MODULE | 1u << BOOT_MEM_RUNTIME_DATA | \
			 1u << BOOT_MEM_NVS)

/*
 * Map what bi->regime promises (off counts as identity: the kernel's own later map). `mem`
 * is bi->memmap's array of n entries, dereferenceable. Needs in bi: regime, image,
 * image_virt, direct_map, handoff, boot_stack, trap_stack, fb, uart. `trampoline` may be
 * empty. The indispensable parts are mapped first: ERR_NO_MEMORY if even they do not fit.
 * RAM that found no table page any more is counted in *unmapped (bytes); calling
 * again with more pages completes it. RAM above ARCH_REACH is
 * counted, too, and never mapped: nor are a screen and a port there. Pure.
 */
status_t mapplan_apply(struct arch_map *m, const struct boot_info *bi, const struct boot_mem *mem,
		       uint32_t n, const struct boot_range *trampoline, uint64_t *unmapped);
#endif
