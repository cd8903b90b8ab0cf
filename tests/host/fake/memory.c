/* SPDX-License-Identifier: MIT */
/*
 * memory.c - the fake's pages, its memory map and ExitBootServices. UEFI 2.10, 7.2 and 7.4.6.
 *
 * Pages are allocated from the top, filled with garbage, and exist only while they are
 * allocated.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "tests/host/fake/fake.h"

#define RUBBISH		0xaf
#define LOW_END		MIB
#define REFUSE_OTHER	EFI_DEVICE_ERROR
#define ABSURD		(1ull << 60)

void memory_start(void)
{
	fake.key = 0x1000;
	machine_make(fake.f.machine);
}

void memory_end(void)
{
	for (uint32_t i = 0; i < fake.blocks; i++)
		munmap((void *)fake.block[i].base, fake.block[i].size);
	fake.blocks = 0;
	fake.again.size = 0;
	free(fake.final);
	fake.final = NULL;
}

bool memory_owned(uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < fake.blocks; i++)
		if (base >= fake.block[i].base &&
		    base - fake.block[i].base < fake.block[i].size &&
		    size <= fake.block[i].size - (base - fake.block[i].base))
			return true;
	return false;
}

static struct region *region_of(uint64_t base, uint64_t pages)
{
	for (uint32_t i = 0; i < fake.regions; i++) {
		struct region *r = &fake.region[i];

		if (base >= r->base && (base - r->base) / PAGE_SIZE < r->pages &&
		    pages <= r->pages - (base - r->base) / PAGE_SIZE)
			return r;
	}
	return NULL;
}

/* Change the type of a part of a region. */
static void region_turn(struct region *r, uint64_t base, uint64_t pages, uint32_t type)
{
	const struct region old = *r;
	const uint64_t end = base + pages * PAGE_SIZE, old_end = old.base + old.pages * PAGE_SIZE;

	memmove(r, r + 1, (size_t)(&fake.region[fake.regions--] - (r + 1)) * sizeof(*r));
	machine_add(old.base, (base - old.base) / PAGE_SIZE, old.type);
	machine_add(base, pages, type);
	machine_add(end, (old_end - end) / PAGE_SIZE, old.type);
	for (uint32_t i = 0; i < fake.regions; i++)
		if (fake.region[i].base - old.base < old_end - old.base)
			fake.region[i].attribute = old.attribute;
}

/* Memory that can be cached, has no special purpose, and is within the page tables' reach. */
bool memory_good(uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < fake.regions; i++) {
		const struct region *r = &fake.region[i];

		if (r->base < base + size && base < r->base + r->pages * PAGE_SIZE &&
		    (!(r->attribute & EFI_MEMORY_WB) || r->attribute & EFI_MEMORY_SP))
			return false;
	}
	return base < ARCH_REACH && size <= ARCH_REACH - base;
}

static bool refuses(uint32_t how)
{
	const uint32_t call = ++fake.page_calls;

	if (fake.refused < fake.f.alloc_first) {
		fake.refused++;
		return true;
	}
	return call == fake.f.alloc_fail || (fake.f.alloc_from && call >= fake.f.alloc_from) ||
	       (fake.f.no_address && how == EFI_ALLOCATE_ADDRESS);
}

static struct region *region_pick(uint32_t how, uint64_t pages, uint64_t *at)
{
	if (how == EFI_ALLOCATE_ADDRESS) {
		struct region *r = region_of(*at, pages);

		return r && r->type == EFI_CONVENTIONAL ? r : NULL;
	}
	for (uint32_t i = fake.regions; i--;) {
		struct region *r = &fake.region[i];

		if (r->type != EFI_CONVENTIONAL || r->pages < pages || r->base < LOW_END)
			continue;
		if (how == EFI_ALLOCATE_MAX && r->base + pages * PAGE_SIZE - 1 > *at)
			continue;
		*at = r->base + (r->pages - pages) * PAGE_SIZE;
		return r;
	}
	return NULL;
}

/* Hand out again what is already allocated; the map lies about it, too (final_make). */
static bool gives_again(uint32_t how, uint64_t pages, uint64_t *address)
{
	const struct boot_range *last = &fake.block[fake.blocks - 1];

	if (fake.page_calls != fake.f.alloc_again || how == EFI_ALLOCATE_ADDRESS ||
	    last->size != pages * PAGE_SIZE)
		return false;
	fake.again = *last;
	*address = last->base;
	return true;
}

efi_status_t memory_allocate(uint32_t how, uint32_t type, uint64_t pages, uint64_t *address)
{
	struct region *r;
	uint64_t at = *address;
	void *p;

	fake_enter("AllocatePages", false);
	if (!pages || how > EFI_ALLOCATE_ADDRESS ||
	    (how == EFI_ALLOCATE_ADDRESS && at % PAGE_SIZE))
		fake_complain("AllocatePages(%u, %u, %#lx, %#lx)", how, type, pages, at);
	if (type != EFI_LOADER_DATA)		/* nothing allocated is executed */
		fake_complain("AllocatePages of type %u", type);
	if (refuses(how))
		return EFI_OUT_OF_RESOURCES;
	if (fake.blocks && gives_again(how, pages, address))
		return EFI_SUCCESS;
	r = region_pick(how, pages, &at);
	if (!r || fake.blocks == BLOCKS_MAX)
		return how == EFI_ALLOCATE_ADDRESS ? EFI_NOT_FOUND : EFI_OUT_OF_RESOURCES;
	p = mmap((void *)at, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
	if (p != (void *)at) {
		if (p != MAP_FAILED)
			munmap(p, pages * PAGE_SIZE);
		return EFI_OUT_OF_RESOURCES;
	}
	memset(p, RUBBISH, MIN(pages, 4096) * PAGE_SIZE);
	region_turn(r, at, pages, type);
	fake.block[fake.blocks++] = (struct boot_range){ at, pages * PAGE_SIZE };
	fake.key++;
	*address = at;
	return EFI_SUCCESS;
}

efi_status_t memory_free(uint64_t address, uint64_t pages)
{
	fake_enter("FreePages", false);
	if (fake.again.size && fake.again.base == address &&
	    fake.again.size == pages * PAGE_SIZE) {
		fake.again.size = 0;
		return EFI_SUCCESS;
	}
	for (uint32_t i = 0; i < fake.blocks; i++) {
		if (fake.block[i].base != address || fake.block[i].size != pages * PAGE_SIZE)
			continue;
		munmap((void *)address, pages * PAGE_SIZE);
		fake.block[i] = fake.block[--fake.blocks];
		region_turn(region_of(address, pages), address, pages, EFI_CONVENTIONAL);
		fake.key++;
		return EFI_SUCCESS;
	}
	fake_complain("FreePages(%#lx, %lu): they were not allocated", address, pages);
	return EFI_NOT_FOUND;
}

/* ---- the map ---- */

static void shuffle(struct efi_memory_descriptor *d, uint32_t n)
{
	uint64_t x = 88172645463325252ull;

	for (; n > 1; n--) {
		const struct efi_memory_descriptor last = d[n - 1];
		uint32_t i;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		i = (uint32_t)(x % n);
		d[n - 1] = d[i];
		d[i] = last;
	}
}

static void final_make(void)
{
	uint32_t n = 0;

	free(fake.final);
	fake.final = calloc(fake.regions + LIES_MAX, sizeof(*fake.final));
	for (uint32_t i = 0; i < fake.regions; i++)
		fake.final[n++] = (struct efi_memory_descriptor){
			.type = fake.f.alloc_again && fake.region[i].type == EFI_LOADER_DATA ?
				EFI_CONVENTIONAL : fake.region[i].type,
			.physical_start = fake.region[i].base,
			.pages = fake.region[i].pages, .attribute = fake.region[i].attribute,
		};
	fake.finals = n + machine_lies(fake.f.lies, fake.final + n);
	if (fake.f.lies & LIE_ORDER)
		shuffle(fake.final, fake.finals);
}

static uint64_t desc_said(uint64_t true_size)
{
	static const uint64_t said[] = {
		[SAID_ZERO] = 0, [SAID_39] = 39, [SAID_44] = 44, [SAID_HUGE] = 1ull << 40,
	};

	return fake.f.desc_said ? said[fake.f.desc_said] : true_size;
}

efi_status_t memory_map(uint64_t *size, void *map, uint64_t *key, uint64_t *desc_size,
			uint32_t *desc_version)
{
	const uint32_t call = ++fake.map_calls;
	const uint32_t said = fake.f.desc_then && call >= fake.f.desc_call ?
			      fake.f.desc_then : fake.f.desc;
	const uint64_t step = said ? said : 48, room = *size;

	fake_enter("GetMemoryMap", true);
	if (call == fake.f.map_fail || fake.f.map_fail == FOR_EVER)
		return REFUSE_OTHER;
	if (call <= fake.f.map_grows && fake.f.map_grow) {
		machine_grow(fake.f.map_grow);
		fake.key++;
	}
	final_make();
	*desc_size = desc_said(step);
	*desc_version = 1;
	*size = fake.finals * step;
	if (fake.f.map_absurd && call >= fake.f.map_absurd) {
		*size = ABSURD;
		return EFI_BUFFER_TOO_SMALL;
	}
	if (room < *size || !map || (fake.f.map_stack_only && memory_owned((uint64_t)map, 1)))
		return EFI_BUFFER_TOO_SMALL;
	*key = fake.key;
	memset(map, RUBBISH, *size);
	for (uint32_t i = 0; i < fake.finals; i++)
		memcpy((uint8_t *)map + i * step, &fake.final[i], sizeof(fake.final[i]));
	return EFI_SUCCESS;
}

efi_status_t memory_exit(void *handle, uint64_t key)
{
	const uint32_t call = ++fake.exit_calls;

	fake_enter("ExitBootServices", true);
	fake.phase = PHASE_LEAVING;
	if (call == 1)
		fake.firsts = fake.finals;
	if (handle != &fake_image_handle)
		fake_complain("ExitBootServices for another image");
	if (call == fake.f.exit_fail)
		return REFUSE_OTHER;
	if (key != fake.key)
		return EFI_INVALID_PARAMETER;
	if (call <= fake.f.stale) {
		machine_grow(fake.f.grow);
		fake.key++;
		return EFI_INVALID_PARAMETER;
	}
	fake.phase = PHASE_GONE;
	memset(&fake.boot, 0, sizeof(fake.boot));	/* */
	fake.systab.boot = NULL;
	fake.systab.con_out = NULL;
	fake.systab.con_in = NULL;
	return EFI_SUCCESS;
}
