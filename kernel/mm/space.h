/* SPDX-License-Identifier: MIT */
/*
 * space.h - the kernel's address space, which all CPUs share.
 *
 * No memory is ever both writable and executable, not even through two addresses. The image's text
 * and constants, and the page that the stub jumped from, cannot be changed, mapped writable
 * elsewhere, or unmapped outside SPACE_AREA: ERR_SECURITY. Call these functions on any CPU, with
 * the stub's tables or those of arch_map_enable() active; not from interrupt handlers, and, once
 * there are several CPUs, not with interrupts masked: a flush may wait for a CPU that waits for the
 * lock.
 */
#ifndef KERNEL_SPACE_H
#define KERNEL_SPACE_H
#include "arch/map.h"
#include "include/stubborn/boot_info.h"

/*
 * Addresses that no regime uses. kernel/mm/area.c allocates them. Its tables, and a page of
 * space.c's, are in the first GiB.
 */
#define SPACE_AREA	ARCH_AREA_BASE
#define SPACE_AREA_SIZE	ARCH_AREA

/*
 * Once, on the boot CPU, before page_start(): it allocates nothing. Takes over the unused part of
 * bi->page_pool.
 */
void space_start(struct boot_info *bi);

/* The virtual address of RAM at physical address `pa`, which is below ARCH_REACH. */
void *space_ram(uint64_t pa);

/*
 * Map [va, va + size) to pa; all three are multiples of PAGE_SIZE. ERR_BAD_OPTION: they are not, or
 * the CPU does not have such an address; ERR_IN_USE: something is mapped there; ERR_SECURITY;
 * ERR_NO_MEMORY. If it fails, nothing has changed. ARCH_RX is refused (ERR_SECURITY) for
 * memory that is writable or executable at any address, and so for all of the direct map. All
 * tables are searched for such an address. It is meant for firmware's code.
 */
status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm);

/*
 * Unmap [va, va + size), whole pages, of which some need not be mapped. ERR_BAD_OPTION,
 * ERR_SECURITY, ERR_NO_MEMORY, or ERR_UNSUPPORTED: a large leaf would have to be split, but this
 * CPU's stack or our variables are in it, or the other CPUs cannot be held. If it fails, no page
 * was unmapped.
 */
status_t space_unmap(uint64_t va, uint64_t size);

/*
 * Change the permission of mapped memory to `perm`, ARCH_RO or ARCH_RW; any other: ERR_SECURITY.
 * Fails like space_unmap(), and with ERR_NOT_FOUND if any page is not mapped, or not cached.
 */
status_t space_protect(uint64_t va, uint64_t size, enum arch_perm perm);

/* arch_map_find() on the active tables. An address that the CPU does not have is not mapped. */
bool space_find(uint64_t va, struct arch_leaf *out);

/*
 * Drops the translations of a range on all CPUs; returns when that is done. At first, with one CPU,
 * arch_map_flush_range(); kernel/cpu/ replaces it. Called with space.c's lock held.
 */
extern void (*space_flush)(uint64_t va, uint64_t size);

/*
 * With several CPUs, if ARCH_BREAKS: hold all others, so that they access nothing that may be in a
 * large leaf, and release them. False: they cannot be held. NULL: there is only one CPU.
 */
extern bool (*space_hold)(void);
extern void (*space_release)(void);
#endif
