/* SPDX-License-Identifier: MIT */
/* acpi_text.c - see acpi_text.h. */
#include "kernel/firmware/acpi_text.h"
#include "kernel/firmware/fields.h"
#include "lib/console/console.h"
#include "lib/print.h"
#include "lib/string.h"

/*
 * One line per part: the table's signature and the part's type, or "--" for what follows the
 * table's header; its name; the fields after type and length (fields.h). "t-": an element of an
 * array in a part. "h-": type 0xffff.
 */
static const char forms[] =
	"APIC-- interrupts lapic flags\n"
	"APIC00 lapic uid:1 id:1 flags\n"
	"APIC01 ioapic id:1 :1 address gsi\n"
	"APIC02 override bus:1 source:1 gsi flags:2\n"
	"APIC03 nmi flags:2 gsi\n"
	"APIC04 lapic-nmi uid:1 flags:2 lint:1\n"
	"APIC05 lapic-address :2 address:8\n"
	"APIC09 x2apic :2 id flags uid\n"
	"APIC0a x2apic-nmi flags:2 uid lint:1\n"
	"APIC0b gicc :2 interface uid flags parking performance parked:8 base:8 gicv:8"
	" gich:8 maintenance gicr:8 mpidr:8 efficiency:1 :1 spe:2\n"
	"APIC0c gicd :2 id base:8 vectors version:1\n"
	"APIC0d gic-msi :2 id base:8 flags count:2 first:2\n"
	"APIC0e gicr :2 base:8 size\n"
	"APIC0f its :2 id base:8\n"
	"APIC18 rintc version:1 :1 flags hart:8 uid external imsic:8 size\n"
	"APIC19 imsic version:1 :1 flags ids:2 guest-ids:2 guest-bits:1 hart-bits:1"
	" group-bits:1 group-shift:1\n"
	"APIC1a aplic version:1 id:1 flags hardware:8 idcs:2 sources:2 gsi base:8 size\n"
	"APIC1b plic version:1 id:1 hardware:8 sources:2 priorities:2 flags size base:8"
	" gsi\n"
	"GTDT-- timers control:8 :4 secure-el1 flags el1 flags virtual flags el2"
	" flags read:8 parts offset el2-virtual flags\n"
	"GTDT00 block :1 base:8 timers offset\n"
	"GTDTt- timer frame:1 :3 base:8 el0:8 gsi flags virtual flags common\n"
	"GTDT01 watchdog :1 refresh:8 control:8 gsi flags\n"
	"FACP-- fixed facs dsdt model:1 profile:1 sci:2 smi enable:1 disable:1 s4bios:1"
	" pstate:1 pm1a-event pm1b-event pm1a-control pm1b-control pm2 timer gpe0"
	" gpe1 pm1-event-length:1 pm1-control-length:1 pm2-length:1 timer-length:1"
	" gpe0-length:1 gpe1-length:1 gpe1-base:1 cst:1 c2:2 c3:2 flush-size:2 flush-stride:2"
	" duty-offset:1 duty-width:1 day:1 month:1 century:1 boot:2 :1 flags reset:g value:1"
	" arm:2 minor:1 x-facs:8 x-dsdt:8 x-pm1a-event:g x-pm1b-event:g x-pm1a-control:g"
	" x-pm1b-control:g x-pm2:g x-timer:g x-gpe0:g x-gpe1:g sleep-control:g sleep-status:g"
	" hypervisor:8\n"
	"MCFG-- ecam\n"
	"MCFG00 space base:8 segment:2 first:1 last:1\n"
	"SRAT-- affinity\n"
	"SRAT00 lapic domain:1 id:1 flags eid:1 domain-high:3 clock\n"
	"SRAT01 memory domain :2 base:8 size:8 :4 flags\n"
	"SRAT02 x2apic :2 domain id flags clock\n"
	"SRAT03 gicc domain uid flags clock\n"
	"SRAT04 its domain :2 id\n"
	"SRAT07 rintc :2 domain uid flags clock\n"
	"RHCT-- harts flags hz:d8 nodes offset\n"
	"RHCT00 isa revision:2 length:2\n"
	"RHCT01 cmo revision:2 :1 cbom:1 cbop:1 cboz:1\n"
	"RHCT02 mmu revision:2 :1 type:1\n"
	"RHCTh- hart revision:2 offsets:2 uid\n"
	"RHCTt- node offset\n"
	"HPET-- hpet id registers:g number:1 least:2 flags:1\n"
	"SPCR-- console type:1 :3 registers:g interrupts:1 irq:1 gsi speed:1 parity:1 stop:1"
	" flow:1 terminal:1 :1 device:2 vendor:2 bus:1 slot:1 function:1 flags segment:1\n"
	"DBG2-- debug offset count\n"
	"DBG200 port addresses:1 name-length:2 name:2 oem-length:2 oem:2 type:2 subtype:2 :2"
	" registers:2 sizes:2\n"
	"DBG2t- at registers:g\n"
	"BGRT-- logo version:2 status:1 type:1 image:8 x y\n"
	"FPDT-- performance\n"
	"FPDT00 boot :1 :4 record:8\n"
	"FPDT01 s3 :1 :4 record:8\n";

#define KEY	6		/* characters: signature, type */

/* How a part begins. */
enum how {
	PARTS_NONE,
	PARTS_1_1,		/* type, length: a byte each */
	PARTS_1_2,		/* type of one byte, length of two */
	PARTS_DBG2,		/* revision, length of two bytes */
	PARTS_MCFG,		/* nothing: 16 bytes each */
	PARTS_2_1,		/* type of two bytes: this and what follows */
	PARTS_2_2,
};

/* Offset of the first part; 0: the table gives it, and the number of parts. */
static const struct {
	char signature[4];
	uint8_t first, how, offset, count;	/* offset, count: where it gives those */
} parts[] = {
	{ "APIC", 44, PARTS_1_1, 0, 0 },
	{ "SRAT", 48, PARTS_1_1, 0, 0 },
	{ "FPDT", 36, PARTS_2_1, 0, 0 },
	{ "MCFG", 44, PARTS_MCFG, 0, 0 },
	{ "GTDT", 0, PARTS_1_2, 92, 88 },
	{ "DBG2", 0, PARTS_DBG2, 36, 40 },
	{ "RHCT", 0, PARTS_2_2, 52, 48 },
};

#define MCFG_SPACE	16
#define GTDT_TIMER	40
#define TIMER_COUNT	12	/* in a part of GTDT: their number, then their offset */
#define TIMER_OFFSET	16
#define TIMER_BLOCK	20
#define RHCT_ISA	0	/* types; a number at RHCT_COUNT says how long what follows is */
#define RHCT_HART	0xffff
#define RHCT_COUNT	6
#define RHCT_TEXT	8
#define RHCT_OFFSETS	12

static const char *form_find(const void *signature, const char *type)
{
	for (const char *line = forms; *line; line++) {
		if (!memcmp(line, signature, 4) && !memcmp(line + 4, type, 2))
			return line + KEY + 1;
		while (*line != '\n')
			line++;
	}
	return NULL;
}

/* Print a line: offset in the table, name, fields. */
static void line_print(const struct acpi_text *t, uint32_t at, uint32_t end, uint32_t skip,
		       const char *form)
{
	struct fields f = { .data = t->table + at + skip, .size = end - at - skip };
	int name = 0;

	while (form[name] != ' ' && form[name] != '\n')
		name++;
	console_print("0x%03x %.*s", at, name, form);
	f.column = 6 + (uint32_t)name;
	fields_print(&f, form[name] == ' ' ? form + name + 1 : "");
	console_print("\n");
}

static uint32_t number(const struct acpi_text *t, uint32_t at, uint32_t bytes)
{
	return (uint32_t)fields_number(t->table + at, bytes);
}

/* Whether [at, at + size) lies in the table. */
static bool within(const struct acpi_text *t, uint32_t at, uint32_t size)
{
	return at <= t->size && size <= t->size - at;
}

/* Find the parts. The table's own fields end where they begin. */
static void parts_find(struct acpi_text *t)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (memcmp(parts[i].signature, t->table, 4) != 0)
			continue;
		t->how = parts[i].how;
		t->at = parts[i].first;
		t->left = UINT32_MAX;
		if (!parts[i].first) {
			t->at = within(t, parts[i].offset, 4) ? number(t, parts[i].offset, 4) : 0;
			t->left = within(t, parts[i].count, 4) ? number(t, parts[i].count, 4) : 0;
		}
	}
}

bool acpi_text_start(struct acpi_text *t, const struct acpi_header *table)
{
	const uint32_t header = sizeof(*table);
	const char *form = form_find(table->signature, "--");
	uint32_t end;

	*t = (struct acpi_text){ .table = (const uint8_t *)table, .size = table->length };
	if (!form)
		return false;
	parts_find(t);
	end = t->how && t->left && t->at >= header ? MIN(t->at, t->size) : t->size;
	if (end > header)
		line_print(t, header, end, 0, form);
	return true;
}

static bool part_has(uint32_t end, uint32_t from, uint32_t size)
{
	const bool has = from <= end && size <= end - from;

	if (!has)
		console_print("0x%03x error: outside its structure\n", from);
	return has;
}

/* Print the array in a part: `count` elements of `each` bytes, from `from` on. */
static void array_print(const struct acpi_text *t, uint32_t end, uint32_t from, uint32_t count,
			uint32_t each)
{
	const char *form = form_find(t->table, "t-");

	for (; count && part_has(end, from, each); count--, from += each)
		line_print(t, from, from + each, 0, form);
}

/* Print a text in a part: `size` bytes, its NUL among them. */
static void text_print(const struct acpi_text *t, uint32_t end, uint32_t from, uint32_t size)
{
	if (!size || !part_has(end, from, size))
		return;
	console_print("0x%03x name ", from);
	fields_text(t->table + from, size - 1);
	console_print("\n");
}

/* A node of RHCT. */
static void node_print(const struct acpi_text *t, uint32_t type, uint32_t size)
{
	const uint32_t end = t->at + size;
	uint32_t count;

	if (size < RHCT_TEXT)
		return;
	count = number(t, t->at + RHCT_COUNT, 2);
	if (type == RHCT_ISA)
		text_print(t, end, t->at + RHCT_TEXT, count);
	if (type == RHCT_HART)
		array_print(t, end, t->at + RHCT_OFFSETS, count, sizeof(uint32_t));
}

/*
 * Offsets have 32 bits and a table at most 8 MiB, so sums of values that were checked do not
 * overflow.
 */
static void more_print(const struct acpi_text *t, uint32_t type, uint32_t size)
{
	const uint32_t end = t->at + size;

	if (t->how == PARTS_2_2)
		node_print(t, type, size);
	if (t->how == PARTS_1_2 && !type && size >= TIMER_BLOCK)
		array_print(t, end, t->at + MIN(number(t, t->at + TIMER_OFFSET, 4), size),
			    number(t, t->at + TIMER_COUNT, 4), GTDT_TIMER);
	if (t->how != PARTS_DBG2 || size < sizeof(struct acpi_dbg2_device))
		return;
	const struct acpi_dbg2_device *d = (const void *)(t->table + t->at);

	array_print(t, end, t->at + MIN(d->address_offset, size), d->addresses,
		    sizeof(struct acpi_gas));
	text_print(t, end, t->at + d->namespace_offset, d->namespace_length);
}

/* Bytes that hold type and length at the start of a part. */
static const uint8_t begin[] = {
	[PARTS_1_1] = 2, [PARTS_1_2] = 3, [PARTS_DBG2] = 3, [PARTS_MCFG] = 0,
	[PARTS_2_1] = 3, [PARTS_2_2] = 4,
};

static void part_begin(const struct acpi_text *t, uint32_t *type, uint32_t *size)
{
	const uint32_t wide = t->how >= PARTS_2_1 ? 2 : 1;	/* bytes of the type */

	*type = 0;
	*size = MCFG_SPACE;
	if (!begin[t->how])
		return;
	if (t->how != PARTS_DBG2)
		*type = number(t, t->at, wide);
	*size = number(t, t->at + wide, begin[t->how] - wide);
}

bool acpi_text_next(struct acpi_text *t)
{
	const uint32_t skip = begin[t->how];
	uint32_t type, size = 0;
	const char *form;
	char key[5];

	if (t->how == PARTS_NONE || !t->left || t->at == t->size)
		return false;
	if (within(t, t->at, skip))
		part_begin(t, &type, &size);
	if (size < MAX(skip, 1) || !within(t, t->at, size)) {
		console_print("0x%03x error: a structure of %u bytes exceeds the table\n",
			      t->at, size);
		t->left = 0;
		return true;
	}
	text_format(key, sizeof(key), type == UINT16_MAX ? "h-" : "%02x", type);
	form = type > UINT8_MAX && type != UINT16_MAX ? NULL : form_find(t->table, key);
	if (form) {
		line_print(t, t->at, t->at + size, skip, form);
		more_print(t, type, size);
	} else {
		console_print("0x%03x type 0x%x, %u bytes\n", t->at, type, size);
	}
	t->at += size;
	t->left--;
	return true;
}
