/* SPDX-License-Identifier: MIT */
/*
 * uart_find.c - see uart_find.h. ACPI 6.5, 5.2; SPCR and DBG2: Microsoft's specifications.
 *
 * Only tables that are used are summed up: this runs in every boot.
 */
#include "stub/uart_find.h"
#include "arch/boot.h"
#include "lib/acpi.h"
#include "lib/fdt.h"
#include "lib/string.h"

#define TABLE_MAX	MIB
#define ENTRIES_MAX	256		/* of the root table; firmware has some 30 */
#define DEVICES_MAX	16
#define RSDP_SIZE_1	20		/* what revision 0 has, and its checksum covers */
#define RSDP_REVISION_2	2
#define SPACE_MEMORY	0
#define SPACE_PORT	1
#define PORTS		0x10000
#define ACCESS_DWORD	3
#define PL011_WIDTH	4		/* which all of them allow, and SBSA_32 insists on */

#define SUM_BYTES	0x00ff00ff00ff00ffull	/* every other byte of a word */

#define SIGNATURE(a, b, c, d)	((uint32_t)(a) | (b) << 8 | (c) << 16 | (uint32_t)(d) << 24)

/* A root table: entries of 8 bytes at any address, or of 4. */
struct root {
	const uint8_t *entries;
	uint32_t count, wide;
};

/* As one word, wherever it lies. */
static uint32_t table_signature(uint64_t table)
{
	const struct {
		uint32_t word;
	} ACPI_PACKED *s = (const void *)table;

	return s->word;
}

/* Whole words as four sums of two bytes each: a byte at a time is slow. */
static bool sum_ok(const void *data, uint32_t size)
{
	const uint8_t *p = data, *const end = p + size;
	uint64_t sum = 0, words = 0;

	for (; p < end && (uint64_t)p % sizeof(words); p++)
		sum += *p;
	for (; end - p >= (int64_t)sizeof(words); p += sizeof(words)) {
		const uint64_t w = *(const uint64_t *)p;

		words += (w & SUM_BYTES) + (w >> 8 & SUM_BYTES);
		words &= SUM_BYTES;		/* what is carried out does not count */
	}
	for (; p < end; p++)
		sum += *p;
	words += words >> 32;
	words += words >> 16;
	return !((sum + words) & 0xff);
}

/* A whole table, or NULL. */
static const void *table_check(struct reach *k, uint64_t at, uint32_t signature, uint32_t least)
{
	const struct acpi_header *h = (const void *)at;

	if (!reach_ok(k, at, sizeof(*h)) || table_signature(at) != signature || h->length < least ||
	    h->length > TABLE_MAX || !reach_ok(k, at, h->length) || !sum_ok(h, h->length))
		return NULL;
	return h;
}

static bool root_open(struct reach *k, uint64_t rsdp, struct root *root)
{
	const struct acpi_rsdp *r = (const void *)rsdp;
	const struct acpi_header *h = NULL;

	if (!reach_ok(k, rsdp, RSDP_SIZE_1) ||
	    memcmp(r->signature, "RSD PTR ", sizeof(r->signature)) ||
	    !sum_ok(r, RSDP_SIZE_1))
		return false;
	root->wide = 0;
	if (r->revision >= RSDP_REVISION_2 && reach_ok(k, rsdp, sizeof(*r)) &&
	    r->length >= sizeof(*r) && r->length <= PAGE_SIZE && reach_ok(k, rsdp, r->length) &&
	    sum_ok(r, r->length)) {
		h = table_check(k, r->xsdt, SIGNATURE('X', 'S', 'D', 'T'), sizeof(*h));
		root->wide = h != NULL;
	}
	if (!h)
		h = table_check(k, r->rsdt, SIGNATURE('R', 'S', 'D', 'T'), sizeof(*h));
	if (!h)
		return false;
	root->entries = (const uint8_t *)(h + 1);
	root->count = (h->length - (uint32_t)sizeof(*h)) >> (root->wide ? 3 : 2);
	root->count = MIN(root->count, ENTRIES_MAX);
	return true;
}

static uint64_t root_entry(const struct root *root, uint32_t i)
{
	const struct {
		uint32_t low, high;
	} ACPI_PACKED *e = (const void *)(root->entries + (i << (root->wide ? 3 : 2)));

	return root->wide ? (uint64_t)e->high << 32 | e->low : e->low;
}

/*
 * In memory the access size says how to reach the registers and how far apart they are, which is
 * what Linux goes by. The bit width does not: tables say 32 for registers one byte apart.
 */
static bool port_16550(const struct acpi_gas *gas, struct boot_uart *out)
{
	out->type = BOOT_UART_16550;
	if (gas->space == SPACE_PORT) {
		out->is_port = 1;
		out->reg_width = 1;
		return gas->address < PORTS;
	}
	if (gas->access && gas->access <= ACCESS_DWORD)
		out->reg_shift = gas->access - 1;
	out->reg_width = (uint8_t)(1 << out->reg_shift);
	return !(gas->address % out->reg_width);
}

static bool port_fill(uint32_t type, const struct acpi_gas *gas, uint32_t source,
		      struct boot_uart *out)
{
	*out = (struct boot_uart){ .base = gas->address, .source = source };
	if (!gas->address || gas->address >= ARCH_REACH || gas->space > SPACE_PORT)
		return false;
	switch (type) {
	case ACPI_UART_16550:
	case ACPI_UART_16450:
	case ACPI_UART_16550_NVIDIA:
	case ACPI_UART_16550_GAS:
		return port_16550(gas, out);
	case ACPI_UART_PL011:
	case ACPI_UART_SBSA_32:
	case ACPI_UART_SBSA:
		out->type = BOOT_UART_PL011;
		out->reg_width = PL011_WIDTH;
		return gas->space == SPACE_MEMORY && !(gas->address % PL011_WIDTH);
	default:
		return false;
	}
}

/* X-Gene 1 and 2 need words, four bytes apart, and their tables say bytes. */
static bool spcr_wants_words(const struct acpi_spcr *t)
{
	static const struct {
		char oem[6], table[8];
		uint8_t revision;
	} wrong[] = { { "APMC0D", "XGENESPC", 0 }, { "HPE   ", "ProLiant", 1 } };

	for (uint32_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (t->type == ACPI_UART_16550 && t->header.oem_revision == wrong[i].revision &&
		    !memcmp(t->header.oem, wrong[i].oem, sizeof(wrong[i].oem)) &&
		    !memcmp(t->header.oem_table, wrong[i].table, sizeof(wrong[i].table)))
			return true;
	return false;
}

static bool spcr_find(struct reach *k, uint64_t at, struct boot_uart *out)
{
	const struct acpi_spcr *t = table_check(k, at, SIGNATURE('S', 'P', 'C', 'R'), sizeof(*t));
	struct acpi_gas gas;

	if (!t)
		return false;
	gas = t->address;
	if (spcr_wants_words(t))
		gas.access = ACCESS_DWORD;
	return port_fill(t->type, &gas, BOOT_UART_FROM_SPCR, out);
}

static bool dbg2_find(struct reach *k, uint64_t at, struct boot_uart *out)
{
	const struct acpi_dbg2 *t = table_check(k, at, SIGNATURE('D', 'B', 'G', '2'), sizeof(*t));
	uint32_t offset, count;

	if (!t)
		return false;
	offset = t->offset;
	count = MIN(t->count, DEVICES_MAX);
	while (count--) {
		const struct acpi_dbg2_device *d;

		if (offset > t->header.length || sizeof(*d) > t->header.length - offset)
			return false;
		d = (const void *)((const uint8_t *)t + offset);
		if (d->length < sizeof(*d) || d->length > t->header.length - offset)
			return false;
		if (d->type == ACPI_DBG2_SERIAL && d->addresses &&
		    d->address_offset <= d->length &&
		    sizeof(struct acpi_gas) <= (uint32_t)d->length - d->address_offset &&
		    port_fill(d->subtype, (const void *)((const uint8_t *)d + d->address_offset),
			      BOOT_UART_FROM_DBG2, out))
			return true;
		offset += d->length;
	}
	return false;
}

static bool uart_named(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
		       struct boot_uart *out)
{
	uint64_t spcr = 0, dbg2 = 0;
	struct root root;
	struct fdt fdt;

	if (root_open(k, rsdp, &root)) {
		for (uint32_t i = 0; i < root.count && !(spcr && dbg2); i++) {
			uint64_t at = root_entry(&root, i);
			uint32_t signature = reach_ok(k, at, sizeof(signature)) ?
					     table_signature(at) : 0;

			if (signature == SIGNATURE('S', 'P', 'C', 'R'))
				spcr = at;
			else if (signature == SIGNATURE('D', 'B', 'G', '2'))
				dbg2 = at;
		}
		if (spcr_find(k, spcr, out) || dbg2_find(k, dbg2, out))
			return true;
	}
	return fdt_open(&fdt, dtb, dtb_size) == OK && fdt_console(&fdt, out);
}

bool uart_find(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out)
{
	return uart_named(k, rsdp, dtb, dtb_size, out) &&
	       (out->is_port || reach_device(out->base));
}
