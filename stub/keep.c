/* SPDX-License-Identifier: MIT */
/*
 * keep.c - takes what is in use out of free memory, whatever firmware's map says: the screen, the
 * serial port, ACPI tables, SMBIOS. Pure except for reads that reach_ok() allows.
 *
 * U-Boot calls its framebuffer boot services memory. Works on the normalised map, since there is
 * hardly ever anything to change: one search per item, and none for adjacent tables.
 */
#include "stub/keep.h"
#include "lib/acpi.h"
#include "lib/console/uart.h"
#include "lib/string.h"
#include "stub/memmap.h"

#define RSDP_SIZE_1	20	/* size of revision 0 */
#define SMBIOS_SIZE	32	/* at least the size of either entry point */

struct keep {
	struct boot_mem *map;
	uint32_t n, cap;
	struct boot_range safe;		/* a range of the map that is not given out */
	bool full, changed;
};

/* Change [base, end), whole pages, in the free range number i to `type`. */
static uint32_t keep_cut(struct keep *k, uint32_t i, uint64_t base, uint64_t end, uint32_t type)
{
	const struct boot_mem m = k->map[i];
	const uint64_t m_end = m.base + m.size, from = MAX(m.base, base), to = MIN(m_end, end);
	const uint32_t more = (from > m.base) + (to < m_end);

	if (more > k->cap - k->n) {
		k->full = true;
		return i;
	}
	memmove(&k->map[i + more], &k->map[i], (k->n - i) * sizeof(m));
	k->n += more;
	k->changed = true;
	if (from > m.base)
		k->map[i++] = (struct boot_mem){ m.base, from - m.base, m.type, m.cache };
	k->map[i] = (struct boot_mem){ from, to - from, type, m.cache };
	if (to < m_end)
		k->map[i + 1] = (struct boot_mem){ to, m_end - to, m.type, m.cache };
	return i;
}

static void keep_range(struct keep *k, uint64_t base, uint64_t size, uint32_t type)
{
	uint32_t low = 0, high = k->n;
	uint64_t end;

	if (!size || !ends_by(base, size, ARCH_REACH))
		return;
	while (low < high) {		/* the first range that ends after base */
		const uint32_t i = (low + high) / 2;

		if (k->map[i].base + k->map[i].size > base)
			high = i;
		else
			low = i + 1;
	}
	end = ALIGN_UP(base + size, PAGE_SIZE);
	base = ALIGN_DOWN(base, PAGE_SIZE);
	for (uint32_t i = low; i < k->n && k->map[i].base < end && !k->full; i++) {
		const struct boot_mem *m = &k->map[i];

		if (memmap_given(m->type))
			i = keep_cut(k, i, base, end, type);
		else
			k->safe = (struct boot_range){ m->base, m->size };
	}
}

/* Whether `at` is in a range that is not given out. What begins in it also ends in it. */
static inline bool keep_safe(const struct keep *k, uint64_t at)
{
	return at - k->safe.base < k->safe.size;
}

static void keep_table(struct keep *k, struct reach *reach, uint64_t at)
{
	const struct acpi_fadt *h = (const void *)at;
	uint32_t length;

	if (!reach_ok(reach, at, sizeof(h->header)))
		return;
	length = h->header.length;	/* not aligned: read once */
	if (length > MIB)
		return;
	keep_range(k, at, length, BOOT_MEM_ACPI);
	if (memcmp(h->header.signature, "FACP", sizeof(h->header.signature)) ||
	    !reach_ok(reach, at, sizeof(*h)))
		return;
	at = length >= offsetof(struct acpi_fadt, x_pm1a_event) ? h->x_dsdt : 0;
	if (!at)
		at = h->dsdt;
	if (reach_ok(reach, at, sizeof(h->header)))
		keep_range(k, at, MIN(((const struct acpi_header *)at)->length, MIB),
			   BOOT_MEM_ACPI);
}

/*
 * Checksums are uart_find()'s concern: here a bad table costs only a few pages. Read a table's
 * header only if it is not in the range last found safe, or if some table was not safe.
 */
static void keep_acpi(struct keep *k, struct reach *reach, uint64_t rsdp)
{
	struct acpi a;			/* as an initialiser its pointer would be relocated */
	uint64_t at;

	a.reach = reach_pointer;
	a.cookie = reach;
	a.unsummed = true;
	if (!acpi_open(&a, rsdp))
		return;
	at = a.entry - sizeof(struct acpi_header);
	if (!keep_safe(k, at))
		keep_range(k, at, a.end - at, BOOT_MEM_ACPI);
	while (a.entry != a.end) {
		at = acpi_entry(&a);
		if (k->changed || !keep_safe(k, at))
			keep_table(k, reach, at);
	}
}

/* Merge neighbours that have become equal. */
static void keep_merge(struct keep *k)
{
	struct boot_mem *to = k->map;

	for (uint32_t i = 1; i < k->n; i++) {
		const struct boot_mem *m = &k->map[i];

		if (m->base == to->base + to->size && m->type == to->type && m->cache == to->cache)
			to->size += m->size;
		else
			*++to = *m;
	}
	k->n = (uint32_t)(to - k->map) + 1;
}

status_t keep_in_use(const struct boot_info *info, struct reach *reach, struct boot_mem *map,
		     uint32_t *n, uint32_t cap)
{
	struct keep k = { .map = map, .n = *n, .cap = cap };

	if (info->fb.format)
		keep_range(&k, info->fb.mem.base, info->fb.mem.size, BOOT_MEM_MMIO);
	if (uart_in_memory(&info->uart))
		keep_range(&k, info->uart.base, 1, BOOT_MEM_MMIO);
	if (info->smbios)
		keep_range(&k, info->smbios, SMBIOS_SIZE, BOOT_MEM_NVS);
	if (info->acpi_rsdp)
		keep_range(&k, info->acpi_rsdp, RSDP_SIZE_1, BOOT_MEM_ACPI);
	if (info->acpi_rsdp && reach)
		keep_acpi(&k, reach, info->acpi_rsdp);
	if (k.full)
		return ERR_TOO_SMALL;
	if (k.changed)
		keep_merge(&k);
	*n = k.n;
	return OK;
}
