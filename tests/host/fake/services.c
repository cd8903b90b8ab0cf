/* SPDX-License-Identifier: MIT */
/* services.c - the fake's system table, its console, and which handle has which protocol. */
#include <stdlib.h>
#include <string.h>
#include "tests/host/fake/fake.h"
#include "lib/image.h"

#define SIGNATURE	0x5453595320494249ull
#define REVISION	(2u << 16 | 100)	/* 2.10 */
#define REVISION_OLD	(1u << 16 | 2)		/* 1.02: no LocateProtocol */
#define TRAP		((void *)0x7e57ull)	/* must not be called or read */
#define UNMAPPED	((void *)0x5eadbeeff000ull)	/* what no table maps */
#define PATH_ROOM	0x10000

char fake_image_handle, fake_disk_handle, fake_load_handle;
static struct efi_text_output con_out;
static const struct efi_guid loaded_image_guid = EFI_LOADED_IMAGE_GUID;
static const struct efi_guid file_system_guid = EFI_FILE_SYSTEM_GUID;
static const struct efi_guid load_file2_guid = EFI_LOAD_FILE2_GUID;
static const struct efi_guid shell_guid = EFI_SHELL_PARAMETERS_GUID;
static const struct efi_guid gop_guid = EFI_GRAPHICS_OUTPUT_GUID;
static const struct efi_guid console_guid = EFI_CONSOLE_OUT_DEVICE_GUID;
static const struct efi_guid rng_guid = EFI_RNG_GUID;
static const struct efi_guid tcg2_guid = EFI_TCG2_GUID;

static bool is(const struct efi_guid *a, const struct efi_guid *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool fails(uint32_t service)
{
	return fake.f.fail_services & service;
}

static efi_status_t output_string(struct efi_text_output *self, const uint16_t *s)
{
	fake_enter("OutputString", false);
	if (self != &con_out)
		fake_complain("OutputString on %p", (void *)self);
	fake.key++;				/* */
	fake.outputs++;
	if (fake.f.con_out == OUT_FAILS)
		return EFI_DEVICE_ERROR;
	for (; *s; s++)
		if (fake.said_len < FAKE_TEXT - 1 && *s != '\r')
			fake.said[fake.said_len++] = (char)*s;
	fake.said[fake.said_len] = 0;
	return fake.f.con_out == OUT_WARNS ? 1 : EFI_SUCCESS;	/* EFI_WARN_UNKNOWN_GLYPH */
}

static efi_status_t handle_protocol(void *handle, const struct efi_guid *guid, void **interface)
{
	fake_enter("HandleProtocol", false);
	*interface = NULL;
	if (fails(SERVICE_HANDLE_PROTOCOL))
		return EFI_DEVICE_ERROR;
	if (is(guid, &loaded_image_guid) && handle == &fake_image_handle &&
	    !fake.f.no_self) {
		*interface = &fake.loaded;
		return EFI_SUCCESS;
	}
	if (is(guid, &shell_guid) && handle == &fake_image_handle && fake.f.shell) {
		*interface = TRAP;
		return EFI_SUCCESS;
	}
	if (is(guid, &file_system_guid) && handle == &fake_disk_handle &&
	    fake.f.disk != DISK_NONE && fake.f.disk != DISK_NO_VOLUME) {
		*interface = &fake_file_system;
		return EFI_SUCCESS;
	}
	if (is(guid, &load_file2_guid) && handle == &fake_load_handle &&
	    fake.f.load != LOAD_NO_PROTOCOL) {
		*interface = &fake_load_file2;
		return EFI_SUCCESS;
	}
	if ((is(guid, &console_guid) || is(guid, &gop_guid)) && !device_has(handle))
		fake_complain("HandleProtocol on %p", handle);
	if (is(guid, &console_guid) && device_is_console(handle))
		return EFI_SUCCESS;
	if (!is(guid, &gop_guid))
		return EFI_UNSUPPORTED;
	*interface = device_gop(handle);
	return *interface || fake.f.gop == GOP_INTERFACE_NULL ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static efi_status_t locate_protocol(const struct efi_guid *guid, void *registration,
				    void **interface)
{
	void *handle[1];
	uint64_t size = sizeof(handle);

	fake_enter("LocateProtocol", false);
	*interface = NULL;
	if (registration)
		fake_complain("LocateProtocol with a registration");
	if (fails(SERVICE_LOCATE_PROTOCOL))
		return EFI_DEVICE_ERROR;
	if (is(guid, &rng_guid) && fake.f.rng != RNG_NONE)
		*interface = &fake_rng;
	if (is(guid, &tcg2_guid) && fake.f.tcg != TCG_NONE)
		*interface = &fake_tcg2;
	if (is(guid, &gop_guid) && device_handles(&size, handle) != EFI_NOT_FOUND)
		*interface = device_gop(size <= sizeof(handle) ? handle[0] : NULL);
	return *interface ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static efi_status_t locate_handle(uint32_t how, const struct efi_guid *guid, void *key,
				  uint64_t *size, void **handles)
{
	fake_enter("LocateHandle", false);
	if (how != EFI_BY_PROTOCOL || key)
		fake_complain("LocateHandle(%u)", how);
	if (fails(SERVICE_LOCATE_HANDLE))
		return EFI_DEVICE_ERROR;
	if (!is(guid, &gop_guid))
		return EFI_NOT_FOUND;
	return device_handles(size, handles);
}

static efi_status_t locate_device_path(const struct efi_guid *guid, struct efi_device_path **path,
				       void **handle)
{
	static const struct efi_guid initrd = LINUX_INITRD_MEDIA_GUID;
	struct efi_device_path *node = *path;

	fake_enter("LocateDevicePath", false);
	if (fails(SERVICE_LOCATE_PATH))
		return EFI_DEVICE_ERROR;
	if (fake.f.load == LOAD_NONE || !is(guid, &load_file2_guid) ||
	    node->type != EFI_PATH_MEDIA || node->subtype != EFI_PATH_MEDIA_VENDOR ||
	    memcmp(node + 1, &initrd, sizeof(initrd)))
		return EFI_NOT_FOUND;
	node = (void *)((uint8_t *)node + node->length[0]);
	if (node->type != EFI_PATH_END || node->subtype != EFI_PATH_END_ALL ||
	    node->length[0] != sizeof(*node) || node->length[1])
		return EFI_NOT_FOUND;
	*path = node;
	*handle = &fake_load_handle;
	return EFI_SUCCESS;
}

static efi_status_t set_watchdog_timer(uint64_t seconds, uint64_t code, uint64_t size,
				       const uint16_t *data)
{
	fake_enter("SetWatchdogTimer", false);
	if (seconds || code || size || data)
		fake_complain("SetWatchdogTimer(%lu)", seconds);
	fake.watchdog++;
	return fails(SERVICE_WATCHDOG) ? EFI_DEVICE_ERROR : EFI_SUCCESS;
}

static efi_status_t get_variable(const uint16_t *name, const struct efi_guid *vendor,
				 uint32_t *attributes, uint64_t *size, void *data)
{
	fake_enter("GetVariable", false);
	return fails(SERVICE_GET_VARIABLE) ? EFI_DEVICE_ERROR :
	       device_variable(name, vendor, attributes, size, data);
}

/* ---- what the loader says of us ---- */

static uint8_t *path_node(uint8_t *at, uint8_t type, uint8_t subtype, uint32_t size)
{
	at[0] = type;
	at[1] = subtype;
	at[2] = (uint8_t)size;
	at[3] = (uint8_t)(size >> 8);
	return at + size;
}

/* In a buffer of exactly its size; a path without an end gets PATH_ROOM bytes. */
static void *path_make(enum path kind)
{
	static const uint16_t name[] = u"\\EFI\\BOOT\\BOOTX64.EFI";
	const uint32_t odd = kind == PATH_ODD_LENGTH;
	const uint32_t file = kind == PATH_LONG ? 0xfffc : sizeof(name) + 4 + odd;
	uint8_t *p, *at;

	if (kind == PATH_NULL)
		return NULL;
	if (kind == PATH_ENDLESS) {
		p = at = calloc(1, PATH_ROOM);
		while (at < p + PATH_ROOM)
			at = path_node(at, 1, 1, 4);
		return p;
	}
	if (kind >= PATH_LENGTH_0 && kind <= PATH_LENGTH_3) {
		p = calloc(1, sizeof(struct efi_device_path));
		path_node(p, EFI_PATH_MEDIA, EFI_PATH_MEDIA_FILE, kind - PATH_LENGTH_0);
		return p;
	}
	p = calloc(1, 4 + 8 + file + 4);
	if (kind >= PATH_SPLIT_0) {
		const uint32_t way = kind - PATH_SPLIT_0, first = 4 + way % 2, next = 5 - way / 2;

		memcpy(p + 4, name, 2 * first);
		at = path_node(p, EFI_PATH_MEDIA, EFI_PATH_MEDIA_FILE, 4 + 2 * first);
		memcpy(at + 4, name + next, sizeof(name) - 2 * next);
		at = path_node(at, EFI_PATH_MEDIA, EFI_PATH_MEDIA_FILE,
			       (uint32_t)sizeof(name) + 4 - 2 * next);
		path_node(at, EFI_PATH_END, EFI_PATH_END_ALL, 4);
		return p;
	}
	at = path_node(path_node(p, 1, 1, 4), 1, 1, 8);		/* one of nothing but its head */
	memcpy(at + 4, name, sizeof(name));
	if (kind == PATH_LONG)
		for (uint32_t i = 4; i < file; i++)
			at[i] = (uint8_t)(i % 2 ? 0x4e : 'a');	/* no NUL anywhere */
	at = path_node(at, EFI_PATH_MEDIA, EFI_PATH_MEDIA_FILE, file);
	path_node(at, EFI_PATH_END, EFI_PATH_END_ALL, 4);
	return p;
}

static void loaded_start(void)
{
	const struct faults *f = &fake.f;
	const bool bogus = f->bad_base;	/* */

	fake.path = path_make(f->path);
	fake.options = malloc(f->options_size + f->options_skew + 1);
	if (f->options)
		memcpy((uint8_t *)fake.options + f->options_skew, f->options, f->options_size);
	/* of the exact size: the sanitizer notices an access to the next byte */
	fake.options = realloc(fake.options, f->options_size + f->options_skew);
	fake.loaded = (struct efi_loaded_image){
		.revision = 0x1000, .systab = &fake.systab, .path = fake.path,
		.device = f->no_device ? NULL : &fake_disk_handle,
		.options_size = f->options_huge ? UINT32_MAX : f->options_size,
		.options = f->options && !f->options_null ?
			   (uint8_t *)fake.options + f->options_skew : NULL,
		.base = bogus ? TRAP : image_start, .size = bogus ? UINT64_MAX : 0x1000,
	};
}

/* ---- the system table ---- */

/* Whether boot_info must name ACPI's tables, which are at `rsdp`. */
static void config_known(const void *rsdp)
{
	const enum config c = fake.f.config;
	const bool found = c == CONFIG_OK || c == CONFIG_TWICE || c == CONFIG_MANY;

	fake.config_rsdp = found ? (uint64_t)rsdp : 0;
}

/* What is after the last table that is believed must not be read. */
static void config_end(const struct efi_system_table *t)
{
	const uint64_t end = (uint64_t)(t->table + MIN(t->tables, 1024));

	if (fake.config_rsdp && !fake_cpu.unmapped.size)
		fake_cpu.unmapped = (struct boot_range){ end, 1 };
}

static void config_start(void)
{
	static uint64_t zeros[64], skewed_room[32];
	static struct efi_configuration_table table[7], many[2000];
	static const struct efi_configuration_table all[] = {
		{ EFI_ACPI_20_TABLE_GUID, zeros }, { EFI_ACPI_10_TABLE_GUID, zeros },
		{ EFI_SMBIOS3_TABLE_GUID, zeros }, { EFI_DTB_TABLE_GUID, zeros },
	};
	struct efi_system_table *t = &fake.systab;

	memcpy(table, all, sizeof(all));
	t->table = table;
	t->tables = ARRAY_SIZE(all);
	if (fake.f.tree)
		table[3].table = tree_make();
	config_known(zeros);
	switch (fake.f.config) {
	case CONFIG_NULL:
		t->table = NULL;
		break;
	case CONFIG_NONE:
		t->tables = 0;
		t->table = TRAP;
		break;
	case CONFIG_TWICE:
		table[4] = table[0];
		table[5] = table[3];
		t->tables = 6;
		break;
	case CONFIG_SKEWED:
		t->table = (void *)((uint8_t *)skewed_room + 3);
		memcpy((uint8_t *)skewed_room + 3, all, sizeof(all));
		break;
	case CONFIG_MANY:
		t->table = many;
		t->tables = UINT64_MAX;
		many[1023] = all[0];		/* the last that is believed */
		break;
	case CONFIG_BAD_TARGETS:
		for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
			table[i].table = (uint8_t *)zeros + 2 * i + 1;
		break;
	case CONFIG_UNMAPPED:
		for (uint32_t i = 0; i < ARRAY_SIZE(all); i++)
			table[i].table = UNMAPPED;
		t->vendor = UNMAPPED;
		fake_cpu.unmapped = (struct boot_range){ (uint64_t)UNMAPPED, PAGE_SIZE };
		break;
	}
	config_end(t);
}

static void boot_start(void)
{
	struct efi_boot_services *b = &fake.boot;
	const uint32_t null = fake.f.null_services;

	for (uint32_t i = 0; i < sizeof(*b) / sizeof(void *); i++)
		((void **)b)[i] = TRAP;
	b->allocate_pages = memory_allocate;
	b->free_pages = memory_free;
	b->free_pool = device_free;
	b->get_memory_map = memory_map;
	b->exit_boot_services = memory_exit;
	b->handle_protocol = null & SERVICE_HANDLE_PROTOCOL ? NULL : handle_protocol;
	b->locate_protocol = null & SERVICE_LOCATE_PROTOCOL || fake.f.table == TABLE_OLD ?
			     NULL : locate_protocol;
	b->locate_handle = null & SERVICE_LOCATE_HANDLE ? NULL : locate_handle;
	b->locate_device_path = null & SERVICE_LOCATE_PATH ? NULL : locate_device_path;
	b->set_watchdog_timer = null & SERVICE_WATCHDOG ? NULL : set_watchdog_timer;
}

void services_start(void)
{
	const enum table bad = fake.f.table;
	struct efi_system_table *t = &fake.systab;

	boot_start();
	memset(&fake.runtime, 0, sizeof(fake.runtime));
	fake.runtime.get_time = fake.f.clock == CLOCK_NULL ? NULL : clock_get;
	fake.runtime.get_variable =
		fake.f.null_services & SERVICE_GET_VARIABLE ? NULL : get_variable;
	con_out = (struct efi_text_output){
		.output_string = fake.f.con_out == OUT_NO_FUNCTION ? NULL : output_string,
	};
	*t = (struct efi_system_table){
		.hdr = { bad == TABLE_SIGNATURE ? 1 : SIGNATURE,
			 bad == TABLE_OLD ? REVISION_OLD : REVISION, sizeof(*t),
			 bad == TABLE_CRC ? 0xbadbadba : 0, 0 },
		.vendor = bad == TABLE_NO_VENDOR ? NULL : u"fake \x20ac firmware",
		.con_in_handle = TRAP, .con_in = fake.f.no_in ? NULL : TRAP,
		.con_out_handle = &con_out,
		.con_out = fake.f.con_out == OUT_NULL ? NULL : &con_out,
		.runtime = bad == TABLE_NO_RUNTIME ? NULL : &fake.runtime,
		.boot = bad == TABLE_NO_BOOT ? NULL : &fake.boot,
	};
	config_start();
	loaded_start();
	devices_start();
}

void services_end(void)
{
	free(fake.options);
	free(fake.path);
	fake.options = fake.path = NULL;
}
