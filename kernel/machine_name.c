/* SPDX-License-Identifier: MIT */
/* machine_name.c - what firmware calls the machine: SMBIOS, or the device tree's root. */
#include "kernel/firmware/fields.h"
#include "kernel/firmware/smbios.h"
#include "kernel/kernel.h"
#include "lib/fdt.h"
#include "lib/string.h"

/* System information, DSP0134 3.6, 7.2 */
#define TYPE_SYSTEM	1
#define SYSTEM_MANUFACTURER 4
#define SYSTEM_PRODUCT	5

/* Append as much of the text as fits, with '?' for what is not printable. */
static void name_add(struct kernel *k, const char *text, uint32_t size)
{
	size_t n = strlen(k->name);

	if (n && n + 1 < sizeof(k->name))
		k->name[n++] = ' ';
	for (uint32_t i = 0; text && i < size && text[i] && n + 1 < sizeof(k->name); i++)
		k->name[n++] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
}

static void name_smbios(struct kernel *k)
{
	static const uint8_t at[] = { SYSTEM_MANUFACTURER, SYSTEM_PRODUCT };
	struct smbios_structure t;
	struct smbios s;

	if (!k->bi->smbios || !smbios_open(&s, k->bi->smbios, windows_reach, &k->windows))
		return;
	do {
		if (!smbios_next(&s, &t))
			return;
	} while (t.type != TYPE_SYSTEM);
	for (uint32_t i = 0; i < ARRAY_SIZE(at) && t.length > at[i]; i++) {
		uint32_t size = 0;
		const char *text = fields_string(t.strings, t.strings_size, t.data[at[i]], &size);

		name_add(k, text, size);
	}
}

static void name_read(void *cookie)
{
	struct kernel *k = cookie;
	const struct boot_module *dtb = module_find(k, BOOT_MODULE_DTB);
	struct fdt_value model;
	struct fdt fdt;

	name_smbios(k);
	if (!k->name[0] && dtb &&
	    fdt_open(&fdt, memory_at(&k->memory, dtb->mem.base), dtb->mem.size) == OK &&
	    fdt_property(&fdt, "/", "model", &model))
		name_add(k, model.data, model.len);
}

void machine_name(struct kernel *k)
{
	struct trap_info fault;

	(void)trap_try(name_read, k, &fault);
	windows_close(&k->windows);
}
