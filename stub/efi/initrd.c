/* SPDX-License-Identifier: MIT */
/*
 * initrd.c - the initrd: from our own file, followed by the loader's LoadFile2, else each
 * initrd=PATH; if there is none of these, where a device tree says that the loader has put it, as
 * older GRUBs do on Arm.
 *
 * It stays in the pages it was read into. UEFI 2.10, 13.2. The vendor media path is Linux's, and
 * all loaders use it.
 */
#include "stub/efi/module.h"
#include "arch/boot.h"
#include "lib/efi_protocols.h"
#include "lib/fdt.h"
#include "lib/string.h"

#define INITRD		"initrd"
#define OFFERED		"initrd=initrd"	/* what OVMF and AAVMF append for -initrd */
#define INITRD_ALIGN	4

struct initrd_path {
	struct efi_device_path head;
	struct efi_guid guid;
	struct efi_device_path end;
};

static struct efi_load_file2 *initrd_offer(const struct efi *e, struct efi_device_path **rest)
{
	static const struct efi_guid guid = EFI_LOAD_FILE2_GUID;
	static struct initrd_path path __attribute__((section(".data"))) = {
		.head = { EFI_PATH_MEDIA, EFI_PATH_MEDIA_VENDOR,
			  { sizeof(path.head) + sizeof(path.guid), 0 } },
		.guid = LINUX_INITRD_MEDIA_GUID,
		.end = { EFI_PATH_END, EFI_PATH_END_ALL, { sizeof(path.end), 0 } },
	};
	void *handle = NULL;

	*rest = &path.head;
	if (!e->boot->locate_device_path ||
	    e->boot->locate_device_path(&guid, rest, &handle) != EFI_SUCCESS)
		return NULL;
	return efi_protocol(e, handle, &guid);
}

/* What initrd_check() works on. */
struct initrd_use {
	const struct efi *efi;
	struct draft *draft;
};

/* Write zeros up to where the next archive may begin, and return that address. */
static uint64_t initrd_pad(uint64_t at)
{
	while (at % INITRD_ALIGN)
		*(uint8_t *)at++ = 0;
	return at;
}

/*
 * Allocate `size` bytes at *at, after a copy of the initrd in our own file if there is one. The
 * draft records all of it, so that it is freed on failure.
 */
static status_t initrd_room(struct efi *e, struct draft *d, uint64_t size, uint64_t *at)
{
	struct boot_module *m = &d->module[DRAFT_INITRD];
	const uint64_t head = ALIGN_UP(e->initrd.size, INITRD_ALIGN);

	if (size <= ARCH_REACH)		/* else it is too much without */
		size += head;
	TRY(module_room(e, d, INITRD, size, at));
	*m = (struct boot_module){ .mem = { *at, size }, .kind = BOOT_MODULE_INITRD };
	e->initrd_pages = PAGES(size);
	memcpy((void *)*at, (const void *)e->initrd.base, e->initrd.size);
	*at = initrd_pad(*at + e->initrd.size);
	return OK;
}

/*
 * Ask for the size with a NULL buffer. The answer is "too small" (13.2.2), or success with some
 * loaders. GRUB 2.12 and iPXE also offer empty initrds, with either status.
 */
static status_t initrd_by_protocol(struct efi *e, struct draft *d, struct efi_load_file2 *lf,
				   struct efi_device_path *rest)
{
	const uint32_t tail = sizeof(OFFERED) - 1;
	uint64_t size = 0;
	efi_status_t status = lf->load_file(lf, rest, false, &size, NULL);

	if (status == EFI_BUFFER_TOO_SMALL)
		status = EFI_SUCCESS;
	if (status == EFI_SUCCESS && !size)
		efi_print(e, "warning: the loader's initrd is empty");
	if (status == EFI_SUCCESS && size) {
		uint64_t got = size, at;

		TRY(initrd_room(e, d, size, &at));
		status = lf->load_file(lf, rest, false, &got, (void *)at);
		if (status == EFI_SUCCESS && got != size)
			status = EFI_DEVICE_ERROR;
	}
	if (status != EFI_SUCCESS) {
		efi_print(e, "error: initrd: the loader failed (status 0x%llx)", LL(status));
		return ERR_FIRMWARE;
	}
	/* the word is the loader's addition, not part of the user's command line */
	if (d->cmdline_len >= tail && !strcmp(d->cmdline + d->cmdline_len - tail, OFFERED) &&
	    (d->cmdline_len == tail || d->cmdline[d->cmdline_len - tail - 1] == ' ')) {
		d->cmdline_len -= tail;
		while (d->cmdline_len && d->cmdline[d->cmdline_len - 1] == ' ')
			d->cmdline_len--;
		d->cmdline[d->cmdline_len] = 0;
	}
	return OK;
}

/*
 * One after another, each at a multiple of four bytes, as Linux requires of archives that follow
 * each other (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
static status_t initrd_by_names(struct efi *e, struct draft *d)
{
	const char *text = d->cmdline;
	uint64_t size[DRAFT_FILES], total = 0, at;
	struct word path;
	uint32_t n;

	if (d->options.initrds > DRAFT_FILES) {
		efi_print(e, "error: initrd=: more than %u", DRAFT_FILES);
		return ERR_BAD_OPTION;
	}
	for (n = 0; options_next(&text, INITRD, &path); n++) {
		TRY(module_size(e, INITRD, path, &size[n]));
		if (total <= ARCH_REACH)	/* else it is too much already */
			total = size[n] > ARCH_REACH ? size[n] :
				ALIGN_UP(total, INITRD_ALIGN) + size[n];
	}
	TRY(initrd_room(e, d, total, &at));
	text = d->cmdline;
	for (n = 0; options_next(&text, INITRD, &path); n++) {
		at = initrd_pad(at);
		TRY(module_read(e, INITRD, path, at, size[n]));
		at += size[n];
	}
	return OK;
}

/* Drop an initrd in memory if where the loader says it is cannot be right. */
static status_t initrd_check(const struct efi_map *m, void *cookie)
{
	const struct initrd_use *use = cookie;
	struct boot_module *module = &use->draft->module[DRAFT_INITRD];
	const struct boot_range mem = module->mem;

	if (efi_map_data(m, mem.base, mem.size))
		return OK;
	*module = (struct boot_module){ 0 };
	efi_ignored(use->efi, INITRD, mem.base, mem.size,
		    "not in RAM, or overlaps the image");
	return OK;
}

static status_t initrd_by_tree(struct efi *e, struct draft *d)
{
	struct boot_module *m = &d->module[DRAFT_INITRD];
	struct initrd_use use = { e, d };
	struct fdt_node chosen;
	uint64_t start, end;
	struct fdt f;

	if (!efi_chosen(e, d, &f, &chosen) || !fdt_initrd(&f, &chosen, &start, &end))
		return OK;
	if (start > end) {
		efi_print(e, "warning: initrd ends at 0x%llx, begins at 0x%llx: "
			  "ignored", LL(end), LL(start));
		return OK;
	}
	*m = (struct boot_module){ .mem = { start, end - start }, .kind = BOOT_MODULE_INITRD };
	return efi_with_map(e, initrd_check, &use);
}

/* The one in our own file; with Secure Boot on, what is not signed must not add to it. */
static status_t initrd_own(struct efi *e, struct draft *d, bool offered_too)
{
	d->module[DRAFT_INITRD] = (struct boot_module){ .mem = e->initrd,
							.kind = BOOT_MODULE_INITRD };
	if (!(d->info.flags & BOOT_SECURE_BOOT))
		return OK;
	if (offered_too)
		efi_print(e, "warning: the loader's initrd is unsigned, ours is signed: ignored");
	if (d->options.initrds && !d->cmdline_signed) {
		efi_print(e, "error: initrd=: disabled by Secure Boot");
		return ERR_SECURITY;
	}
	return OK;
}

status_t efi_read_initrd(struct efi *e, struct draft *d)
{
	struct efi_device_path *rest;
	struct efi_load_file2 *lf = initrd_offer(e, &rest);

	if (e->initrd.size)
		TRY(initrd_own(e, d, lf));
	if (lf && !(e->initrd.size && d->info.flags & BOOT_SECURE_BOOT))
		return initrd_by_protocol(e, d, lf, rest);
	if (d->options.initrds)
		return initrd_by_names(e, d);
	return e->initrd.size ? OK : initrd_by_tree(e, d);
}

void efi_release_initrd(struct efi *e, struct draft *d)
{
	if (e->initrd_pages)
		(void)e->boot->free_pages(d->module[DRAFT_INITRD].mem.base, e->initrd_pages);
	e->initrd_pages = 0;
}
