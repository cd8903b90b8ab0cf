/* SPDX-License-Identifier: MIT */
/*
 * pages.c - the pages that the image allocates, and a record of them.
 *
 * The record is kept per call. Firmware's own map is checked too (pages_of_loader), as an
 * incomplete record would not notice a leak.
 */
#include "inject.h"
#include "lib/string.h"

#define LEDGER		64
#define POISON		0xa5a5a5a5a5a5a5a5ull
#define LOW_END		MIB

static struct {
	uint64_t at, pages;
} ledger[LEDGER];
static uint64_t calls;

static void poison(uint64_t at, uint64_t pages)
{
	volatile uint64_t *p = (uint64_t *)at;

	for (uint64_t n = pages * PAGE_SIZE / sizeof(*p); n; n--)
		*p++ = POISON;
}

void pages_start(void)
{
	uint32_t n;
	const struct efi_memory_descriptor *d = map_real(&n);

	memset(ledger, 0, sizeof(ledger));
	calls = 0;
	for (; want(fault_poison_all) && n; n--, d++)
		if (d->type == EFI_CONVENTIONAL && d->physical_start >= LOW_END)
			poison(d->physical_start, d->pages);
}

static uint64_t fits_above(uint64_t pages, uint64_t limit)
{
	uint32_t n;
	const struct efi_memory_descriptor *d = map_real(&n);

	for (; n; n--, d++) {
		const uint64_t end = d->physical_start + d->pages * PAGE_SIZE;
		const uint64_t at = MAX(d->physical_start, limit);

		if (d->type == EFI_CONVENTIONAL && end > at && (end - at) / PAGE_SIZE >= pages)
			return at;
	}
	return 0;
}

efi_status_t EFIAPI pages_allocate(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at)
{
	const uint64_t limit = want(fault_above), from = want(fault_alloc_from);
	efi_status_t status;
	uint32_t slot = 0;

	calls++;
	if (calls == want(fault_alloc_fail) || (from && calls >= from))
		return EFI_OUT_OF_RESOURCES;
	if (how == EFI_ALLOCATE_ADDRESS && (want(fault_no_address) || *at < limit))
		return EFI_NOT_FOUND;
	if (how != EFI_ALLOCATE_ADDRESS && limit) {
		if (how == EFI_ALLOCATE_MAX && *at < limit)
			return EFI_OUT_OF_RESOURCES;
		*at = fits_above(pages, limit);
		if (!*at)
			return EFI_OUT_OF_RESOURCES;
		how = EFI_ALLOCATE_ADDRESS;
	}
	status = inject.boot->allocate_pages(how, type, pages, at);
	if (status != EFI_SUCCESS)
		return status;
	while (slot < LEDGER && ledger[slot].pages)
		slot++;
	if (slot == LEDGER) {
		say("inject: %s: more allocations than the ledger has lines", inject.name);
		inject.strays++;
		return status;
	}
	ledger[slot].at = *at;
	ledger[slot].pages = pages;
	if (want(fault_poison))
		poison(*at, pages);
	return status;
}

efi_status_t EFIAPI pages_free(uint64_t at, uint64_t pages)
{
	for (uint32_t i = 0; i < LEDGER; i++) {
		if (ledger[i].pages != pages || ledger[i].at != at)
			continue;
		ledger[i].pages = 0;
		if (want(fault_poison))
			poison(at, pages);
		return inject.boot->free_pages(at, pages);
	}
	say("inject: %s: frees 0x%llx, which it was not given", inject.name,
	    (unsigned long long)at);
	inject.strays++;
	return EFI_NOT_FOUND;
}

uint64_t pages_settle(void)
{
	uint64_t kept = 0;

	for (uint32_t i = 0; i < LEDGER; i++) {
		if (!ledger[i].pages)
			continue;
		kept += ledger[i].pages;
		(void)inject.boot->free_pages(ledger[i].at, ledger[i].pages);
	}
	return kept;
}

uint64_t pages_of_loader(void)
{
	uint32_t n;
	const struct efi_memory_descriptor *d = map_real(&n);
	uint64_t sum = 0;

	for (; n; n--, d++)
		if (d->type == EFI_LOADER_DATA)
			sum += d->pages;
	return sum;
}

/*
 * Take every second page of the largest free range, which makes two entries of it each, and
 * for good. Two types, both free once firmware is gone.
 */
void pages_grow(uint64_t entries)
{
	uint32_t n;
	const struct efi_memory_descriptor *d = map_real(&n);
	struct efi_memory_descriptor best = { .pages = 0 };

	for (; n; n--, d++)
		if (d->type == EFI_CONVENTIONAL && d->pages > best.pages)
			best = *d;
	if (best.pages <= entries + 1)
		return;
	for (uint64_t i = 0; i < (entries + 1) / 2; i++) {
		uint64_t at = best.physical_start + (2 * i + 1) * PAGE_SIZE;

		(void)inject.boot->allocate_pages(EFI_ALLOCATE_ADDRESS,
						  i % 2 ? EFI_BOOT_CODE : EFI_BOOT_DATA, 1, &at);
	}
}
