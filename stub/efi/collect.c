/* SPDX-License-Identifier: MIT */
/*
 * collect.c - puts everything that firmware knows into the draft.
 *
 * The only pages that stay allocated are those of an initrd and of modules. Asks for each thing
 * once. A missing protocol is not an error: what it would tell is absent.
 */
#include "stub/efi/module.h"
#include "stub/clock.h"
#include "lib/efi_protocols.h"
#include "arch/boot.h"
#include "arch/collect.h"
#include "lib/console/uart.h"
#include "lib/crumb.h"
#include "stub/collect.h"
#include "stub/uart_find.h"
#include "lib/fdt.h"
#include "lib/mapplan.h"
#include "lib/utf.h"

#define PATH_BYTES	4096	/* of a device path; beyond this its end node must be missing */
#define OPTIONS_MAX	(256 * KIB)	/* 128 Ki characters; a larger size must be wrong */

/* The image's path: the file nodes of its device path, UEFI 2.10, 10.3.5.4. */
static void collect_path(struct draft *d, struct reach *k, const struct efi_device_path *path)
{
	const struct efi_device_path *node = path;
	bool cut;

	while (reach_ok(k, (uint64_t)node, sizeof(*node)) && node->type != EFI_PATH_END &&
	       (uint64_t)node - (uint64_t)path < PATH_BYTES && d->file_len < sizeof(d->file) - 1) {
		const uint32_t size = node->length[0] | (uint32_t)node->length[1] << 8;
		const char *text = (const char *)(node + 1);

		if (size < sizeof(*node) || !reach_ok(k, (uint64_t)node, size))
			return;
		if (node->type == EFI_PATH_MEDIA && node->subtype == EFI_PATH_MEDIA_FILE) {
			if (d->file_len && d->file[d->file_len - 1] != '\\')
				d->file[d->file_len++] = '\\';
			if (d->file_len && size > 5 && text[0] == '\\' && !text[1])
				d->file_len--;		/* it has the separator */
			d->file_len += utf8_from_utf16(text, (size - sizeof(*node)) / 2,
						       d->file + d->file_len,
						       sizeof(d->file) - d->file_len, &cut);
		}
		node = (const void *)((const uint8_t *)node + size);
	}
}

/*
 * Load options without content (firmware's own marks, blanks, the image's name as from the shell)
 * count as none: the section .cmdline of our own file is used, or else the text file. With Secure
 * Boot on, that section, which is signed, is all that counts. Unused load options are measured too.
 */
static void collect_cmdline(struct efi *e, struct draft *d, const struct efi_loaded_image *image)
{
	static const struct efi_guid shell = EFI_SHELL_PARAMETERS_GUID;
	uint32_t size = image->options_size;
	const void *options = image->options;	/* read once: measure what is used */
	const bool sealed = e->cmdline.size && d->info.flags & BOOT_SECURE_BOOT;
	bool cut = false;

	if (options && size > OPTIONS_MAX) {
		efi_print(e, "warning: load options of %u bytes not used", size);
		size = 0;
	}
	if (size && reach_ok(&e->reach, (uint64_t)options, size)) {
		efi_measure(e, &d->info, MEASURED_OPTIONS, options, size);
		d->cmdline_len = cmdline_from_load_options(
			options, size, efi_protocol(e, e->image, &shell) ? NULL : d->file,
			d->cmdline, sizeof(d->cmdline), &cut);
	}
	if (d->cmdline_len && sealed) {
		efi_print(e, "warning: load options not used: Secure Boot is on, and our own "
			  "file has a command line");
		d->cmdline_len = 0;
	}
	if (!d->cmdline_len && e->cmdline.size) {
		efi_measure(e, &d->info, MEASURED_SECTION, (const void *)e->cmdline.base,
			    e->cmdline.size);
		d->cmdline_len = cmdline_from_file((const void *)e->cmdline.base,
						   (uint32_t)e->cmdline.size, d->cmdline,
						   sizeof(d->cmdline), &cut);
		d->cmdline_signed = sealed;
	} else if (!d->cmdline_len) {
		char text[CMDLINE_MAX];
		uint32_t n = efi_read_cmdline(e, d->file, text, sizeof(text));

		efi_measure(e, &d->info, MEASURED_FILE, text, n);
		d->cmdline_len = cmdline_from_file(text, n, d->cmdline, sizeof(d->cmdline), &cut);
		cut |= n == sizeof(text);
	}
	if (cut) {
		d->info.flags |= BOOT_CMDLINE_CUT;
		efi_print(e, "warning: command line cut to %u bytes", d->cmdline_len);
	}
}

static status_t port_with_map(const struct efi_map *m, void *cookie)
{
	return MAPPLAN_RAM >> efi_map_type(m, *(uint64_t *)cookie, 1) & 1 ? ERR_BAD_OPTION : OK;
}

/* The port must be mapped, and not be RAM. Until that is known, the CPU's usual port is used. */
static status_t collect_port(struct efi *e, struct boot_uart *uart)
{
	struct boot_uart named = *uart;
	status_t status = ERR_BAD_OPTION;

	if (!uart_in_memory(uart))
		return OK;
	arch_default_uart(uart);
	if (reach_device(named.base))
		status = efi_with_map(e, port_with_map, &named.base);
	if (status == OK)
		*uart = named;
	if (status != ERR_BAD_OPTION)
		return status;
	if (named.source != BOOT_UART_FROM_OPTION)
		return OK;
	efi_print(e, "error: earlycon=: no device there");
	return status;
}

static status_t collect_wishes(struct efi *e, struct draft *d)
{
	char why[COLLECT_WHY];
	status_t status = collect_options(d, NO_FAULT_EFI, why);

	if (status != OK) {
		efi_print(e, "error: %s", why);
		return status;
	}
	return collect_port(e, &d->info.uart);
}

static void collect_uart(struct efi *e, struct draft *d)
{
	const struct boot_range *dtb = &d->module[DRAFT_TREE].mem;

	if (!uart_find(&e->reach, d->info.acpi_rsdp, (const void *)dtb->base, dtb->size,
		       &d->info.uart))
		arch_default_uart(&d->info.uart);
}

/* Without a serial port and a screen the kernel is silent: say so while firmware can print. */
static void warn_if_silent(const struct efi *e, const struct boot_info *info)
{
	if (info->fb.format == BOOT_FB_NONE && !uart_answers(&info->uart))
		efi_print(e, "warning: the kernel will have no console: firmware names "
			  "no serial port and no screen; name a port with earlycon=");
}

static void collect_firmware(struct efi *e, struct draft *d)
{
	const struct efi_system_table *t = e->systab;
	struct reach *k = &e->reach;
	struct fdt fdt;
	uint64_t dtb;

	efi_identity(d, t, reach_ok(k, (uint64_t)t->vendor, sizeof(d->vendor) * sizeof(uint16_t)) ?
				   t->vendor : NULL);
	if (d->info.entry == BOOT_ENTRY_UEFI32) {
		d->info.efi_systab = 0;	/* the kernel could not call it */
	} else {
		d->info.efi_runtime = (uint64_t)t->runtime;
		if (t->runtime)
			d->info.flags |= BOOT_RUNTIME_OK;
	}
	dtb = reach_ok(k, (uint64_t)t->table, MIN(t->tables, EFI_TABLES_MAX) * sizeof(*t->table)) ?
		      efi_tables(d, t->table, t->tables) : 0;
	if (reach_ok(k, dtb, FDT_HEADER) && fdt_open(&fdt, (void *)dtb, FDT_MAX) == OK &&
	    reach_ok(k, dtb, fdt_end(&fdt)))
		d->module[DRAFT_TREE] = (struct boot_module){ .mem = { dtb, fdt_size(&fdt) },
							      .kind = BOOT_MODULE_DTB };
}

status_t efi_collect(struct efi *e, struct draft *d, void *image, struct efi_system_table *systab)
{
	static const struct efi_guid loaded_image = EFI_LOADED_IMAGE_GUID;
	static const struct efi_guid tcg2 = EFI_TCG2_GUID, files = EFI_FILE_SYSTEM_GUID;
	const struct efi_loaded_image *self;
	const char *lack = arch_cpu_lacks();

	crumb_drop(CRUMB_COLLECT);
	if (!systab || systab->hdr.signature != EFI_SYSTAB_SIGNATURE || !systab->boot)
		return ERR_FIRMWARE;	/* no way to print */
	*e = (struct efi){
		.image = image, .systab = systab, .boot = systab->boot,
		.uart = &d->info.uart,
		.limit = d->info.entry == BOOT_ENTRY_UEFI32 ? 4 * GIB : ARCH_REACH,
	};
	collect_firmware(e, d);
	collect_uart(e, d);	/* from here on errors can be printed */
	if (lack) {
		efi_print(e, "error: %s", lack);
		return ERR_UNSUPPORTED;
	}
	self = efi_protocol(e, image, &loaded_image);
	if (!self) {
		efi_print(e, "error: no LoadedImage protocol for this image");
		return ERR_FIRMWARE;
	}
	e->volume = efi_protocol(e, self->device, &files);
	e->tcg = efi_first_protocol(e, &tcg2);
	if (e->boot->set_watchdog_timer)	/* it would reset the machine after 5 minutes */
		(void)e->boot->set_watchdog_timer(0, 0, 0, NULL);
	collect_path(d, &e->reach, self->path);
	TRY(efi_find_sections(e));
	efi_find_secure_boot(e, &d->info);
	collect_cmdline(e, d, self);
	TRY(collect_wishes(e, d));
	efi_find_screen(e, &d->options, &d->info.fb);
	warn_if_silent(e, &d->info);
	TRY(efi_tree_reserved(e, d));
	TRY(efi_read_initrd(e, d));
	efi_measure(e, &d->info, MEASURED_INITRD, (const void *)d->module[DRAFT_INITRD].mem.base,
		    d->module[DRAFT_INITRD].mem.size);
	if (d->options.modules)
		TRY(efi_read_modules(e, d));
	efi_find_log(e, d);
	efi_find_entropy(e, d);
	efi_find_clock(e, &d->info);
	if (ARCH_TOLD)
		arch_collect_efi(systab, &d->module[DRAFT_TREE].mem, &d->info);
	arch_cpu_state(&d->info);
	return OK;
}
