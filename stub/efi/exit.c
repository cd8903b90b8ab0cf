/* SPDX-License-Identifier: MIT */
/*
 * exit.c - GetMemoryMap and ExitBootServices, until firmware is gone.
 *
 * Between the two nothing is called, allocated, freed or printed, and after the first
 * ExitBootServices only these two are called (UEFI 2.10, 7.4.6). A refusal means that firmware's
 * own handlers have changed the map: read it again into the same buffer.
 */
#include "stub/efi/efi.h"
#include "arch/boot.h"
#include "lib/console/console.h"
#include "lib/crumb.h"
#include "lib/wants.h"
#include "stub/collect.h"
#include "stub/fault.h"
#include "stub/memmap.h"

#define EXIT_TRIES	32
#define DENIED_TRIES	16384	/* most probes of memory that cannot be read */

/*
 * Read the current map into arena.efi_map. DescriptorSize may have changed since the arena was laid
 * out: then the buffer may hold more descriptors than the arrays have entries for.
 */
static efi_status_t exit_read_map(const struct efi *e, const struct arena *a, struct efi_map *m)
{
	efi_status_t status = efi_read_map(e, (void *)a->efi_map.base, a->efi_map.size, m);

	if (status == EFI_SUCCESS &&
	    m->size / m->desc_size > a->efi_map.size / a->desc_size)
		return EFI_BUFFER_TOO_SMALL;
	return status;
}

static void exit_done(struct draft *d, const struct arena *a, const struct efi_map *m,
		      uint32_t tries, uint64_t first)
{
	struct boot_info *info = &d->info;
	const uint64_t now = m->size / m->desc_size;

	arch_irq_off();
	arch_trap_install(a->trap_stack.base + a->trap_stack.size);
	collect_console(d);
	info->exit_tries = tries;
	info->exit_growth = (uint32_t)(now - MIN(first, now));
	info->efi_memmap = (struct boot_range){ a->efi_map.base, m->size };
	info->efi_desc_size = (uint32_t)m->desc_size;
	info->efi_desc_version = m->desc_version;
	console.fb = info->fb;	/* for a panic; nothing is drawn yet */
	fault_take(&d->options, CRUMB_EXIT);
}

static status_t exit_no_map(struct efi *e, efi_status_t status, const struct efi_map *m)
{
	e->slack = 2 * m->size / sizeof(struct efi_memory_descriptor);
	if (status == EFI_BUFFER_TOO_SMALL)
		return ERR_TOO_SMALL;
	efi_no_map(e, status);
	return ERR_FIRMWARE;
}

/*
 * Firmware that stays resident may keep memory that its map calls usable; without a device tree
 * only reading shows which. Cut it off the front of each range; a range that is all kept becomes
 * RESERVED.
 */
static void exit_denied(struct boot_mem *map, uint32_t n)
{
	struct boot_range piece;
	uint32_t tries;

	for (struct boot_mem *m = map; m < map + n; m++) {
		const struct boot_mem was = *m;

		if (m->type != BOOT_MEM_RECLAIM || m->base >= ARCH_REACH)
			continue;
		tries = 0;
		while (m->size && m->base < ARCH_REACH && tries++ < DENIED_TRIES &&
		       !arch_reach(m->base, false, &piece)) {
			const uint64_t part = MIN(m->size, piece.base + piece.size - m->base);

			m->base += part;
			m->size -= part;
		}
		if (!m->size || m->base >= ARCH_REACH || tries > DENIED_TRIES) {
			*m = was;
			m->type = BOOT_MEM_RESERVED;
		}
	}
}

status_t efi_leave(struct efi *e, struct draft *d, const struct arena *a, uint32_t *n)
{
	uint64_t first = 0;
	efi_status_t status;
	struct efi_map m;
	uint32_t tries;

	crumb_drop(CRUMB_EXIT);
	for (tries = 1;; tries++) {
		status = exit_read_map(e, a, &m);
		if (status == EFI_SUCCESS && tries == 1)
			first = m.size / m.desc_size;
		if (status != EFI_SUCCESS && tries == 1)	/* nothing is lost yet */
			return exit_no_map(e, status, &m);
		if (status != EFI_SUCCESS)
			break;
		status = e->boot->exit_boot_services(e->image, m.key);
		if (status != EFI_INVALID_PARAMETER || tries == EXIT_TRIES)
			break;
	}
	if (status == EFI_SUCCESS) {
		exit_done(d, a, &m, tries, first);
		*n = memmap_from_efi((void *)a->efi_map.base, m.size, m.desc_size,
				     (struct boot_mem *)a->map_in);
		if (ARCH_DENIES && !d->module[DRAFT_TREE].mem.size)
			exit_denied((struct boot_mem *)a->map_in, *n);
		return OK;
	}
	/* firmware's console may be gone: write to the serial port */
	e->arena_pages = e->initrd_pages = d->named = 0;	/* can no longer be freed */
	console_serial(&d->info.uart, 0);
	console_print("%.*s: error: ExitBootServices refused, status 0x%llx, try %u\n",
		      WANTS_NAME, wants_name(), LL(status), tries);
	return ERR_FIRMWARE;
}
