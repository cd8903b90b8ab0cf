/* SPDX-License-Identifier: MIT */
/*
 * collect.c - all that firmware knows, into the draft.
 *
 * Allocates nothing but an initrd's pages; asks each thing once; a missing protocol is an
 * absent fact, not an error.
 */
#include "stub/efi/efi.h"
#include "stub/clock.h"
#include "lib/efi_protocols.h"
#include "lib/console/uart.h"
#include "lib/image.h"
#include "stub/collect.h"
#include "stub/uart_find.h"
#include "lib/fdt.h"
#include "lib/utf.h"

#define PATH_BYTES	4096	/* of a device path: a longer one has lost its end */
#define OPTIONS_MAX	(256 * KIB)	/* 128 Ki characters; a larger size is wrong */
/* Firmware still has the exceptions. */
#define NO_FAULT	(1u << CRUMB_ENTRY | 1u << CRUMB_COLLECT | 1u << CRUMB_PLACE)

/* Our own path: the file nodes of the device path, UEFI 2.10, 10.3.5.4. */
static void collect_path(struct draft *d, struct reach *k, const struct efi_device_path *node)
{
	uint32_t at = 0;
	bool cut;

	while (reach_ok(k, (uint64_t)node, sizeof(*node)) && at < PATH_BYTES &&
	       node->type != EFI_PATH_END && d->file_len < sizeof(d->file) - 1) {
		const uint32_t size = node->length[0] | (uint32_t)node->length[1] << 8;

		if (size < sizeof(*node) || !reach_ok(k, (uint64_t)node, size))
			return;
		if (node->type == EFI_PATH_MEDIA && node->subtype == EFI_PATH_MEDIA_FILE) {
			if (d->file_len && d->file[d->file_len - 1] != '\\')
				d->file[d->file_len++] = '\\';
			d->file_len += utf8_from_utf16(node + 1, (size - sizeof(*node)) / 2,
						       d->file + d->file_len,
						       sizeof(d->file) - d->file_len, &cut);
		}
		node = (const void *)((const uint8_t *)node + size);
		at += size;
	}
}

/*
 * Load options that say nothing - firmware's own marks, blanks, our name as the shell puts it -
 * are none: the text file is read. Measured is what there is, used or not.
 */
static void collect_cmdline(struct stub *s, const struct efi_loaded_image *image)
{
	struct draft *d = &s->draft;
	const uint32_t cap = sizeof(d->cmdline);
	uint32_t size = image->options_size;
	const void *options = image->options;	/* read once: what is measured is what is used */
	bool cut = false;

	if (options && size > OPTIONS_MAX) {
		efi_print(&s->efi, "warning: load options of %u bytes not used", size);
		size = 0;
	}
	if (size && reach_ok(&s->efi.reach, (uint64_t)options, size)) {
		efi_measure(s, MEASURED_OPTIONS, options, size);
		d->cmdline_len = cmdline_from_load_options(options, size, d->file, d->cmdline,
							   cap, &cut);
	}
	if (!d->cmdline_len) {
		char text[CMDLINE_MAX];
		uint32_t n = efi_read_cmdline(&s->efi, d->file, text, sizeof(text));

		efi_measure(s, MEASURED_FILE, text, n);
		d->cmdline_len = cmdline_from_file(text, n, d->cmdline, cap, &cut);
		cut |= n == sizeof(text);
	}
	if (cut) {
		d->info.flags |= BOOT_CMDLINE_CUT;
		efi_print(&s->efi, "warning: command line cut after %u bytes",
			  d->cmdline_len);
	}
}

static status_t collect_wishes(struct stub *s)
{
	char why[COLLECT_WHY];
	status_t status = collect_options(s, NO_FAULT, why);

	if (status != OK)
		efi_print(&s->efi, "error: %s", why);
	return status;
}

static void collect_uart(struct stub *s)
{
	struct draft *d = &s->draft;
	const struct boot_range *dtb = &d->module[DRAFT_TREE].mem;

	if (!uart_find(&s->efi.reach, d->info.acpi_rsdp, (const void *)dtb->base, dtb->size,
		       &d->info.uart))
		arch_default_uart(&d->info.uart);
}

/*
 * Whoever boots us without a port and a screen that we know sees nothing more: this is the last
 * line that can be shown.
 */
static void warn_if_silent(const struct efi *e, const struct boot_info *info)
{
	if (info->fb.format == BOOT_FB_NONE && !uart_answers(&info->uart))
		efi_print(e, "warning: the kernel will have no console: firmware names "
			  "no serial port and no screen; name a port with earlycon=");
}

static void collect_firmware(struct stub *s)
{
	struct draft *d = &s->draft;
	const struct efi_system_table *t = s->efi.systab;
	struct reach *k = &s->efi.reach;
	struct fdt fdt;
	uint64_t dtb;

	efi_identity(d, t, reach_ok(k, (uint64_t)t->vendor, sizeof(d->vendor) * sizeof(uint16_t)) ?
				   t->vendor : NULL);
	if (d->info.entry == BOOT_ENTRY_UEFI32) {
		d->info.efi_systab = 0;	/* what the kernel cannot call, it is not told of */
	} else {
		d->info.efi_runtime = (uint64_t)t->runtime;
		if (t->runtime)
			d->info.flags |= BOOT_RUNTIME_OK;
	}
	dtb = reach_ok(k, (uint64_t)t->table, MIN(t->tables, EFI_TABLES_MAX) * sizeof(*t->table)) ?
		      efi_tables(d, t->table, t->tables) : 0;
	if (reach_ok(k, dtb, FDT_HEADER) && fdt_open(&fdt, (void *)dtb, FDT_MAX) == OK &&
	    reach_ok(k, dtb, MAX(fdt.nodes_end, fdt.strings_end)))
		d->module[DRAFT_TREE] = (struct boot_module){
			.mem = { dtb, fdt_size(&fdt) }, .kind = BOOT_MODULE_DTB,
		};
}

status_t efi_collect(struct stub *s, void *image, struct efi_system_table *systab)
{
	static const struct efi_guid loaded_image = EFI_LOADED_IMAGE_GUID;
	static const struct efi_guid tcg2 = EFI_TCG2_GUID;
	struct efi *e = &s->efi;
	const struct efi_loaded_image *self;
	const char *lack = arch_cpu_lacks();

	crumb_drop(CRUMB_COLLECT);
	if (!systab || systab->hdr.signature != EFI_SYSTAB_SIGNATURE || !systab->boot)
		return ERR_FIRMWARE;	/* nobody to tell */
	*e = (struct efi){
		.image = image, .systab = systab, .boot = systab->boot,
		.uart = &s->draft.info.uart,
		.limit = s->draft.info.entry == BOOT_ENTRY_UEFI32 ? 4 * GIB : ARCH_REACH,
	};
	collect_firmware(s);
	collect_uart(s);	/* from here on somebody hears of errors */
	if (lack) {
		efi_print(e, "error: %s", lack);
		return ERR_UNSUPPORTED;
	}
	self = efi_protocol(e, image, &loaded_image);
	if (!self) {
		efi_print(e, "error: firmware does not know the image it started");
		return ERR_FIRMWARE;
	}
	e->device = self->device;
	e->tcg = efi_first_protocol(e, &tcg2);
	if (e->boot->set_watchdog_timer)	/* it would reset the machine after 5 minutes */
		(void)e->boot->set_watchdog_timer(0, 0, 0, NULL);
	collect_path(&s->draft, &e->reach, self->path);
	collect_cmdline(s, self);
	efi_find_secure_boot(s);
	TRY(collect_wishes(s));
	efi_find_screen(e, &s->draft.info.fb);
	warn_if_silent(e, &s->draft.info);
	TRY(efi_tree_reserved(s));
	TRY(efi_read_initrd(s));
	efi_measure(s, MEASURED_INITRD, (const void *)s->draft.module[DRAFT_INITRD].mem.base,
		    s->draft.module[DRAFT_INITRD].mem.size);
	efi_find_trust(s);
	efi_find_clock(e, &s->draft.info);
	arch_cpu_state(&s->draft.info);
	return OK;
}
