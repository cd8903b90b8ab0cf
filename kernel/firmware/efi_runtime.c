/* SPDX-License-Identifier: MIT */
/*
 * efi_runtime.c - one runtime service, ResetSystem, at physical addresses (UEFI 2.10 chapter 8).
 *
 * Runtime memory is mapped only here, and only as EFI_MEMORY_ATTRIBUTES_TABLE allows (4.6.4). Code
 * that needs to be both writable and executable is not called at all.
 */
#include "lib/console/console.h"
#include "lib/efi.h"
#include "kernel/firmware/firmware.h"
#include "kernel/mm/space.h"

#define REGIONS_MAX	64
#define ATTRIBUTES_MAX	(64 * KIB)
#define RUNTIME_MAGIC	0x56524553544e5552ull	/* "RUNTSERV" */
#define RUNTIME_TYPES	(MEMORY_TYPE(RUNTIME_CODE) | MEMORY_TYPE(RUNTIME_DATA))

/* a copy until poweroff: the table's own memory is given out */
static struct runtime_region {
	uint64_t base, size;
	enum arch_perm perm;
} region[REGIONS_MAX];
static uint32_t regions;

/* False if the region may not be mapped with these attributes. */
static bool region_from(const struct memory *m, const struct efi_memory_descriptor *d,
			struct runtime_region *out)
{
	const bool ro = d->attribute & EFI_MEMORY_RO, xp = d->attribute & EFI_MEMORY_XP;

	if (d->type != EFI_RUNTIME_CODE && d->type != EFI_RUNTIME_DATA)
		return false;
	if (!ro && !xp && d->type == EFI_RUNTIME_CODE)
		return false;
	if (d->pages > UINT64_MAX / PAGE_SIZE || d->physical_start % PAGE_SIZE)
		return false;
	*out = (struct runtime_region){
		.base = d->physical_start,
		.size = d->pages * PAGE_SIZE,
		.perm = ro && xp ? ARCH_RO : ro ? ARCH_RX : ARCH_RW,
	};
	return memory_is(m, out->base, out->size, RUNTIME_TYPES);
}

void efi_runtime_read(struct kernel *k)
{
	const struct memory *m = &k->memory;
	const struct boot_info *bi = k->bi;
	const struct efi_memory_attributes *table = memory_at(m, bi->efi_memattr);
	const uint32_t readable = MEMORY_TYPE(RECLAIM) | MEMORY_TYPE(ACPI) |
				  MEMORY_TYPE(RUNTIME_DATA) | MEMORY_TYPE(FREE) |
				  MEMORY_TYPE(NVS);
	uint64_t at;

	if (!(bi->flags & BOOT_RUNTIME_OK) || !bi->efi_memattr ||
	    (bi->flags & BOOT_RAM_UNMAPPED) ||
	    bi->efi_memattr % sizeof(uint64_t) ||
	    !memory_is(m, bi->efi_memattr, sizeof(*table), readable))
		return;
	if (table->entries > REGIONS_MAX || table->desc_size % sizeof(uint64_t) ||
	    table->desc_size < sizeof(struct efi_memory_descriptor) ||
	    table->desc_size > ATTRIBUTES_MAX / REGIONS_MAX ||
	    !memory_is(m, bi->efi_memattr,
		       sizeof(*table) + (uint64_t)table->entries * table->desc_size, readable))
		return;
	at = (uint64_t)(table + 1);
	for (uint32_t i = 0; i < table->entries; i++, at += table->desc_size)
		if (!region_from(m, (const void *)at, &region[i]))
			return;			/* regions stays 0: no service is called */
	regions = table->entries;
	/* the next run after stub_again() wants to read it, too */
	memory_keep(&k->memory, bi->efi_memattr, at - bi->efi_memattr);
}

static bool region_executable(uint64_t address)
{
	for (uint32_t i = 0; i < regions; i++)
		if (region[i].perm == ARCH_RX && address - region[i].base < region[i].size)
			return true;
	return false;
}

/* At identity, where it may be mapped as RAM already. */
static status_t identity_map(uint64_t base, uint64_t size, enum arch_perm perm)
{
	const status_t status = size ? space_map(base, base, size, perm) : OK;

	return status == ERR_IN_USE ? OK : status;
}

/* Devices that runtime services use, mainly flash. */
static status_t devices_map(const struct kernel *k)
{
	const struct boot_info *bi = k->bi;
	uint64_t at = bi->efi_memmap.base, left = bi->efi_memmap.size;

	if (bi->efi_desc_size < sizeof(struct efi_memory_descriptor))
		return ERR_BAD_FORMAT;
	for (; left >= bi->efi_desc_size; at += bi->efi_desc_size, left -= bi->efi_desc_size) {
		const struct efi_memory_descriptor *d = memory_at(&k->memory, at);

		if (d->type != EFI_MMIO || !(d->attribute & EFI_MEMORY_RUNTIME) ||
		    d->physical_start % PAGE_SIZE || d->physical_start >= ARCH_REACH ||
		    d->pages > (ARCH_REACH - d->physical_start) / PAGE_SIZE)
			continue;
		TRY(identity_map(d->physical_start, d->pages * PAGE_SIZE, ARCH_IO));
	}
	return OK;
}

static status_t runtime_map(struct kernel *k)
{
	for (uint32_t i = 0; i < regions; i++)
		TRY(identity_map(region[i].base, region[i].size, region[i].perm));
	return devices_map(k);
}

struct reset {
	const struct efi_runtime_services *services;
	uint32_t how;
};

static void call_reset(void *arg)
{
	const struct reset *r = arg;

	r->services->reset_system(r->how, EFI_SUCCESS, 0, NULL);
}

void efi_runtime_reset(struct kernel *k, uint32_t how)
{
	struct reset call = { .how = how };
	uint64_t at = k->bi->efi_runtime;
	struct efi_runtime_services *rt = memory_at(&k->memory, at);
	struct trap_info fault;

	if (!regions || !memory_is(&k->memory, at, sizeof(*rt), RUNTIME_TYPES) ||
	    runtime_map(k) != OK)
		return;
	rt = (void *)at;			/* mapped at identity by now */
	if (rt->hdr.signature != RUNTIME_MAGIC || !region_executable((uint64_t)rt->reset_system))
		return;
	call.services = rt;
	if (!trap_try(call_reset, &call, &fault))
		console_print("stubborn: warning: ResetSystem: %s, %s 0x%llx at 0x%llx\n",
			      fault.what, fault.address_name, LL(fault.address), LL(fault.pc));
}
