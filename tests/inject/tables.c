/* SPDX-License-Identifier: MIT */
/*
 * tables.c - the tables that the image sees, while it runs. UEFI 2.10, 4.2 to 4.4.
 *
 * Firmware's drivers keep their own pointers to the boot services, so only the image calls
 * what is hooked here. The runtime table outlives firmware and stays where it is.
 */
#include "inject.h"
#include "kernel/crc32.h"
#include "lib/string.h"

#define WILD	((void *)0x00005eadbeeff000)	/* beyond what any firmware maps */
#define ENTRIES	64
#define FAR_TOO_MANY	1000000000000ull
#define SLOTS	64		/* words of a boot services table, of any revision */

static union {
	struct efi_boot_services table;
	void *slot[SLOTS];
} boot;
static struct efi_text_output out;
static struct efi_system_table was;
static struct efi_runtime_services *runtime;
static typeof(runtime->get_variable) get_variable;

static efi_status_t EFIAPI refuse(void)
{
	return EFI_UNSUPPORTED;
}

static efi_status_t EFIAPI stray(void)
{
	say("inject: %s: called after ExitBootServices", inject.name);
	inject.strays++;
	return EFI_UNSUPPORTED;
}

static efi_status_t EFIAPI output(struct efi_text_output *self, const uint16_t *s)
{
	(void)self;
	if (want_kind(con_out, OUT_FAILS))
		return EFI_DEVICE_ERROR;
	return inject.out->output_string(inject.out, s);
}

static void seal(struct efi_table_header *h)
{
	if (want(fault_revision))
		h->revision = (uint32_t)want(fault_revision);
	h->crc32 = 0;
	h->crc32 = crc32(0, h, h->header_size) ^ want_kind(table, TABLE_CRC);
}

static void slots_fill(void *with)
{
	const struct efi_table_header *h = &boot.table.hdr;

	for (uint32_t i = sizeof(*h) / sizeof(with); i < h->header_size / sizeof(with); i++)
		boot.slot[i] = with;
}

static void boot_install(void)
{
	struct efi_boot_services *b = &boot.table;
	const struct efi_table_header *h = &inject.boot->hdr;

	memcpy(&boot, inject.boot, MIN(h->header_size, sizeof(boot)));
	b->hdr.header_size = MIN(h->header_size, sizeof(boot));
	if (want(fault_bare))
		slots_fill(refuse);
	else if (want(fault_null_WATCHDOG))
		b->set_watchdog_timer = NULL;
	b->allocate_pages = pages_allocate;
	b->free_pages = pages_free;
	b->get_memory_map = map_get;
	b->exit_boot_services = leave;
	b->handle_protocol = protocol_handle;
	b->locate_protocol = protocol_locate;
	b->locate_handle = protocol_handles;
	b->locate_device_path = protocol_path;
	seal(&b->hdr);
}

/* Bad pointers: an ACPI entry of either kind before the existing ones. */
static void wild_install(struct efi_system_table *t)
{
	static const struct efi_guid acpi[] = { EFI_ACPI_20_TABLE_GUID, EFI_ACPI_10_TABLE_GUID };
	static struct efi_configuration_table config[ENTRIES];
	uint64_t n = 0;

	t->vendor = WILD;
	for (; n < 2; n++)
		config[n] = (struct efi_configuration_table){ acpi[n], WILD };
	for (uint64_t i = 0; i < t->tables && n < ENTRIES; i++)
		if (memcmp(&t->table[i].guid, &acpi[0], sizeof(acpi[0])) &&
		    memcmp(&t->table[i].guid, &acpi[1], sizeof(acpi[1])))
			config[n++] = t->table[i];
	t->table = config;
	t->tables = n;
}

void tables_install(void)
{
	struct efi_system_table *t = inject.systab;

	was = *t;
	acpi_change();
	boot_install();
	out = *inject.out;
	out.output_string = output;
	t->boot = want_kind(table, TABLE_NO_BOOT) ? NULL : &boot.table;
	t->con_out = want_kind(con_out, OUT_NULL) ? NULL : &out;
	if (want(fault_no_in))
		t->con_in = t->con_in_handle = NULL;
	if (want_kind(table, TABLE_NO_RUNTIME))
		t->runtime = NULL;
	if (want_kind(config, CONFIG_UNMAPPED))
		wild_install(t);
	if (want_kind(config, CONFIG_MANY))
		t->tables = FAR_TOO_MANY;
	if (want_kind(config, CONFIG_NONE))
		t->tables = 0;
	runtime = want(fault_fail_GET_VARIABLE) ? was.runtime : NULL;
	if (runtime) {
		get_variable = runtime->get_variable;
		runtime->get_variable = (void *)refuse;
		seal(&runtime->hdr);
	}
	seal(&t->hdr);
	if (want_kind(table, TABLE_SIGNATURE))
		t->hdr.signature = ~t->hdr.signature;
}

void tables_leaving(bool gone)
{
	inject.out = NULL;
	slots_fill(stray);
	if (!gone) {
		boot.table.get_memory_map = map_get;
		boot.table.exit_boot_services = leave;
	}
	out.output_string = (void *)stray;
	if (runtime)
		runtime->get_variable = get_variable;
	runtime = NULL;
}

void tables_remove(void)
{
	if (runtime)
		runtime->get_variable = get_variable;
	*inject.systab = was;
	inject.out = was.con_out;
}
