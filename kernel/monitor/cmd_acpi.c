/* SPDX-License-Identifier: MIT */
/*
 * cmd_acpi.c - acpi: lists all tables, or shows those of one signature. All memory is read under
 * trap_try; a table that faults or is malformed gets a line, and the next one follows.
 */
#include "monitor.h"
#include "kernel/firmware/acpi_text.h"
#include "kernel/firmware/fields.h"
#include "lib/console/console.h"
#include "lib/string.h"

#define DUMP_MAX	64	/* bytes of an unknown table; `dump` shows more */
#define DUMP_LINE	16
#define SIGNATURE	4	/* characters */

#define FACP		ACPI_SIGNATURE('F', 'A', 'C', 'P')
#define FACS		ACPI_SIGNATURE('F', 'A', 'C', 'S')	/* has no checksum */

struct tables {
	const struct kernel *k;
	const char *want;		/* signature; NULL: list all */
	struct acpi acpi;
	struct windows root;		/* on the RSDP and the root table */
	struct windows windows;		/* on the current table */
	uint64_t at;
	uint64_t dsdt, facs;		/* named by the FADT */
	uint32_t signature;
	bool open, more, found, stopped;
};

static void tables_open(void *cookie)
{
	struct tables *t = cookie;
	const struct acpi_rsdp *r;

	t->acpi = (struct acpi){ .reach = windows_reach, .cookie = &t->root };
	t->open = acpi_open(&t->acpi, t->k->bi->acpi_rsdp);
	t->acpi.cookie = &t->windows;
	if (!t->open || t->want)
		return;
	r = windows_reach(&t->root, t->k->bi->acpi_rsdp, sizeof(*r));
	console_print("RSDP 0x%llx revision %u \"", LL(t->k->bi->acpi_rsdp), r ? r->revision : 0);
	fields_text(r ? r->oem : "", r ? sizeof(r->oem) : 0);
	console_print("\", %u tables in the %s\n",
		      (uint32_t)((t->acpi.end - t->acpi.entry) >> (t->acpi.wide ? 3 : 2)),
		      t->acpi.wide ? "XSDT" : "RSDT");
}

static void tables_next(void *cookie)
{
	struct tables *t = cookie;
	const uint64_t before = t->acpi.entry, wide = t->acpi.wide ? 8 : 4;
	uint64_t passed;

	t->more = acpi_next(&t->acpi, &t->at, &t->signature);
	passed = (t->acpi.entry - before) / wide - t->more;
	if (passed)
		console_print("error: %llu entries of the root table are invalid\n", LL(passed));
}

static void bytes_print(const uint8_t *p, uint32_t size)
{
	for (uint32_t at = 0; at < MIN(size, DUMP_MAX); at++) {
		if (at % DUMP_LINE == 0)
			console_print("%s0x%03x", at ? "\n" : "", at);
		console_print(" %02x", p[at]);
	}
	console_print("%s\n", size > DUMP_MAX ? " ..." : "");
}

/* What is wrong with the table; NULL if nothing is, and then *good is all of it. */
static const char *verdict(struct tables *t, const struct acpi_header *h,
			   const struct acpi_header **good)
{
	*good = NULL;
	if (t->signature == FACS)
		return "has no checksum";
	*good = acpi_table(&t->acpi, t->at, t->signature, 0);
	if (*good)
		return "ok";
	return windows_reach(&t->windows, t->at, h->length) && h->length >= sizeof(*h) ?
	       "checksum WRONG" : "length WRONG";
}

static void table_list(struct tables *t, const struct acpi_header *h, const char *how)
{
	fields_text(h->signature, SIGNATURE);
	console_print(" 0x%09llx %6u", LL(t->at), h->length);
	if (t->signature != FACS) {
		console_print(" revision %u \"", h->revision);
		fields_text(h->oem, sizeof(h->oem));
		console_print("\" \"");
		fields_text(h->oem_table, sizeof(h->oem_table));
		console_print("\" 0x%x", h->oem_revision);
	}
	console_print(" %s\n", how);
}

/* False if a key stopped it. */
static bool table_decode(const struct acpi_header *table)
{
	struct acpi_text text;

	if (!acpi_text_start(&text, table))
		bytes_print((const uint8_t *)table, table->length);
	while (acpi_text_next(&text))
		if (monitor_stopped())
			return false;
	return true;
}

static void table_show(void *cookie)
{
	struct tables *t = cookie;
	const struct acpi_header *h = windows_reach(&t->windows, t->at, sizeof(*h)), *good;
	const char *how;

	if (!h) {
		console_print("error: there is no memory at 0x%llx\n", LL(t->at));
		return;
	}
	t->signature = acpi_signature(h);
	how = verdict(t, h, &good);
	if (good && t->signature == FACP) {
		const struct acpi_fadt *f = (const void *)good;

		if (good->length >= offsetof(struct acpi_fadt, boot_flags_x86)) {
			t->dsdt = f->dsdt;
			t->facs = f->firmware_ctrl;
		}
		if (good->length >= offsetof(struct acpi_fadt, x_pm1a_event)) {
			t->dsdt = f->x_dsdt ? f->x_dsdt : t->dsdt;
			t->facs = f->x_firmware_ctrl ? f->x_firmware_ctrl : t->facs;
		}
	}
	if (t->want && memcmp(h->signature, t->want, SIGNATURE) != 0)
		return;
	t->found = true;
	table_list(t, h, how);
	if (t->want && good)
		t->stopped = !table_decode(good);
}

/* Run fn(t) under trap_try; if it faults, print a line and return false. */
static bool tables_try(struct tables *t, void (*fn)(void *))
{
	struct trap_info fault;

	if (trap_try(fn, t, &fault))
		return true;
	console_print("error: 0x%llx: %s\n", LL(fault.address), fault.what);
	return false;
}

static void table_at(struct tables *t, uint64_t at)
{
	t->at = at;
	if (at)
		tables_try(t, table_show);
	windows_close(&t->windows);
}

static bool tables_all(struct tables *t)
{
	if (!tables_try(t, tables_open) || !t->open)
		return monitor_error("neither XSDT nor RSDT is valid");
	do {
		t->more = true;		/* if it faults, only that entry is lost */
		if (!tables_try(t, tables_next))
			continue;
		if (t->more)
			table_at(t, t->at);
		if (t->stopped || monitor_stopped())
			return false;
	} while (t->more);
	table_at(t, t->facs);
	table_at(t, t->dsdt);
	return t->found || !t->want ? true : monitor_error("there is no table \"%s\"", t->want);
}

bool command_acpi(struct kernel *k, uint32_t n, char **words)
{
	static NOINIT struct tables t;	/* too large for the stack */
	bool ok;

	if (!k->bi->acpi_rsdp)
		return monitor_error("firmware gave no ACPI tables");
	t = (struct tables){ .k = k };
	if (n == 2) {
		if (strlen(words[1]) != SIGNATURE)
			return monitor_error("a signature has %u characters", SIGNATURE);
		t.want = words[1];
	}
	ok = tables_all(&t);
	windows_close(&t.windows);
	windows_close(&t.root);
	return ok;
}
