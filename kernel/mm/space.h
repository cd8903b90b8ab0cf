/* SPDX-License-Identifier: MIT */
/*
 * space.h - the kernel's address space: what is mapped where, on all CPUs.
 *
 * Nothing is ever writable and executable, by whatever address. The image's text and constants, and
 * the page that the stub jumped from, cannot be changed nor mapped writable elsewhere:
 * ERR_SECURITY. On any CPU, with the tables of the stub or of arch_map_enable() in force. Not from
 * handlers of interrupts, nor, when there are several CPUs, with interrupts masked: a flush may
 * wait for CPUs that wait for the lock.
 */
#ifndef KERNEL_SPACE_H
#define KERNEL_SPACE_H
#include "arch/map.h"
#include "include/stubborn/boot_info.h"

/*
 * Addresses that no regime uses: 512 GiB above all that is mapped at identity and below the direct
 * map. kernel/mm/area.c gives them out, but for the first GiB.
 */
#define SPACE_AREA	ARCH_REACH
#define SPACE_AREA_SIZE	(512 * GIB)

/* Once. What bi->page_pool has left is ours. Before page_start(), as it needs no page. */
void space_start(struct boot_info *bi);

/* Where RAM at `pa` is found; `pa` is below ARCH_REACH. */
void *space_ram(uint64_t pa);

/*
 * All sizes and addresses in whole pages. Map [va, va + size) to pa. ERR_BAD_OPTION: not whole
 * pages, or an address that the CPU does not have; ERR_IN_USE: something is mapped there;
 * ERR_SECURITY; ERR_NO_MEMORY. If it fails, nothing has changed. ARCH_RX is for memory that the
 * direct map does not show, firmware's code: nothing else could make sure that it is not writable
 * as well.
 */
status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm);

/*
 * What is not mapped stays so. ERR_BAD_OPTION, ERR_SECURITY, ERR_NO_MEMORY, ERR_UNSUPPORTED (the
 * part to unmap is in a large leaf that this very code needs): then nothing has changed.
 */
status_t space_unmap(uint64_t va, uint64_t size);

/*
 * Make memory that is mapped as ARCH_RO or ARCH_RW the other of the two. As space_unmap(), and
 * ERR_NOT_FOUND if any of it is not mapped, or not so.
 */
status_t space_protect(uint64_t va, uint64_t size, enum arch_perm perm);

/* arch_map_find() on the tables in force. */
bool space_find(uint64_t va, struct arch_leaf *out);

/*
 * How all CPUs are made to forget a range of addresses; returns when they have. With one CPU
 * arch_map_forget(); kernel/cpu/ replaces it. Called with a lock held.
 */
extern void (*space_flush)(uint64_t va, uint64_t size);

/*
 * With several CPUs: hold all others, which then access nothing that could be in a large leaf, and
 * let them go on. False: they cannot be held. NULL: there are no others.
 */
extern bool (*space_hold)(void);
extern void (*space_release)(void);
#endif
