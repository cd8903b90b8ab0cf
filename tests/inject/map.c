/* SPDX-License-Identifier: MIT */
/*
 * map.c - GetMemoryMap, true or false. UEFI 2.10, 7.2.
 *
 * Lies are added when the map is copied, so the key stays firmware's own.
 */
#include "inject.h"
#include "lib/string.h"

#define RAW_ROOM	(256 * KIB)
#define LIST_ROOM	9000
#define DESC_VERSION	1
#define NOWHERE		(1ull << 45)	/* beyond what any CPU here addresses */
#define FILLING		0x5a		/* what a descriptor has after what is specified */

static _Alignas(8) uint8_t raw[RAW_ROOM];
static struct efi_memory_descriptor list[LIST_ROOM], told[LIST_ROOM];
static uint32_t told_n;
static uint64_t calls, own_desc_size, odd_page;

/* Firmware's map into list. */
static efi_status_t read_map(uint64_t *key, uint32_t *n)
{
	uint64_t size = sizeof(raw);
	uint32_t version;
	efi_status_t status = inject.boot->get_memory_map(&size, raw, key, &own_desc_size,
							  &version);

	*n = 0;
	if (status != EFI_SUCCESS)
		return status;
	for (uint64_t at = 0; at < size && *n < LIST_ROOM; at += own_desc_size)
		list[(*n)++] = *(const struct efi_memory_descriptor *)(raw + at);
	return status;
}

const struct efi_memory_descriptor *map_real(uint32_t *n)
{
	uint64_t key;

	(void)read_map(&key, n);
	return list;
}

static void tell(uint64_t type, uint64_t start, uint64_t pages)
{
	if (told_n < LIST_ROOM)
		told[told_n++] = (struct efi_memory_descriptor){
			.type = (uint32_t)type, .physical_start = start, .pages = pages,
			.attribute = EFI_MEMORY_WB,
		};
}

static void tell_unknown(void)
{
	static const uint32_t types[] = {
		EFI_UNACCEPTED + 1, 0x6fffffff, 0x70000000, 0x7fffffff, 0x80000000, 0xffffffff,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(types); i++)
		tell(types[i], NOWHERE + 2 * i * PAGE_SIZE, 1);
}

/* Nothing below `above` is free. */
static void tell_one(struct efi_memory_descriptor d)
{
	const uint64_t above = MAX(want(fault_above), d.physical_start);
	const uint64_t below = MIN((above - d.physical_start) / PAGE_SIZE, d.pages);

	if (d.type == EFI_CONVENTIONAL && below) {
		tell(EFI_BOOT_DATA, d.physical_start, below);
		d.physical_start += below * PAGE_SIZE;
		d.pages -= below;
		if (!d.pages)
			return;
	}
	if (told_n < LIST_ROOM)
		told[told_n++] = d;
}

static void tell_all(uint32_t n)
{
	told_n = 0;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t at = want(fault_lie_ORDER) ? n - 1 - i : i;
		const struct efi_memory_descriptor *d = &list[at];

		if (want(fault_lie_EMPTY))
			tell(i % (EFI_UNACCEPTED + 1), d->physical_start, 0);
		tell_one(*d);
	}
	if (want(fault_lie_OVERLAP)) {
		tell(EFI_LOADER_DATA, odd_page, 1);
		tell(EFI_RESERVED, odd_page, 1);
		tell(EFI_CONVENTIONAL, odd_page, 1);
	}
	if (want(fault_lie_UNKNOWN))
		tell_unknown();
	for (uint64_t i = 0; told_n < want(fault_count) && told_n < LIST_ROOM; i++)
		tell(i % 2 ? EFI_RESERVED : EFI_MMIO, NOWHERE + (64 + 2 * i) * PAGE_SIZE, 1);
}

/* The page for `overlap` is taken here, for good. */
void map_start(void)
{
	calls = 0;
	if (!want(fault_lie_OVERLAP) || odd_page)
		return;
	(void)inject.boot->allocate_pages(EFI_ALLOCATE_ANY, EFI_BOOT_DATA, 1, &odd_page);
	say("inject: %s: overlap at 0x%llx", inject.name, (unsigned long long)odd_page);
}

efi_status_t EFIAPI map_get(uint64_t *size, void *map, uint64_t *key, uint64_t *desc_size,
			    uint32_t *version)
{
	const uint64_t room = *size, fail = want(fault_map_fail);
	efi_status_t status;
	uint8_t *to = map;
	uint32_t n;

	calls++;
	if (calls == fail || fail == EVER)
		return EFI_DEVICE_ERROR;
	if (want(fault_map_grow))
		pages_grow(want(fault_map_grow));
	status = read_map(key, &n);
	if (status != EFI_SUCCESS)
		return status;
	tell_all(n);
	*desc_size = want(fault_desc) ? want(fault_desc) : own_desc_size;
	*version = DESC_VERSION;
	*size = told_n * *desc_size;
	if (want(fault_map_huge) && calls % want(fault_map_huge) == 0)
		*size = MAX(room, *size) + PAGE_SIZE;
	if (*size > room)
		return EFI_BUFFER_TOO_SMALL;
	for (uint32_t i = 0; i < told_n; i++, to += *desc_size) {
		memset(to, FILLING, *desc_size);
		memcpy(to, &told[i], MIN(sizeof(told[i]), *desc_size));
	}
	return EFI_SUCCESS;
}
