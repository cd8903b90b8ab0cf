/* SPDX-License-Identifier: MIT */
/*
 * module.c - files beside our own that are read into pages of their own: initrds, and modules that
 * keep their names. While firmware is there; UEFI 2.10, 13.5.
 */
#include "stub/efi/module.h"
#include "arch/boot.h"
#include "lib/efi_protocols.h"

struct room {
	struct efi *efi;
	const struct draft *draft;
	uint64_t size, at;
};

static status_t room_allocate(const struct efi_map *m, void *cookie)
{
	struct room *r = cookie;

	return efi_allocate_ram(r->efi, r->draft, m, PAGES(r->size), &r->at) ? OK : ERR_NOT_FOUND;
}

status_t module_room(struct efi *e, const struct draft *d, const char *what, uint64_t size,
		     uint64_t *at)
{
	struct room room = { e, d, size, 0 };
	status_t status = ERR_NOT_FOUND;

	if (size <= ARCH_REACH)
		status = efi_with_map(e, room_allocate, &room);
	if (status == ERR_NOT_FOUND) {
		efi_print(e, "error: %s: no memory for %llu bytes", what,
			  (unsigned long long)size);
		return ERR_NO_MEMORY;
	}
	*at = room.at;
	return status;
}

/* Open the file and find its size. NULL, or why that failed. */
static const char *module_open(struct efi *e, struct word path, struct efi_file **out,
			       uint64_t *size)
{
	struct efi_file *file = efi_open(e, path.text, path.len);

	*out = file;
	if (!file)
		return e->volume ? "cannot be opened" : "no volume, cannot be opened";
	if (file->set_position(file, UINT64_MAX) != EFI_SUCCESS ||	/* the end */
	    file->get_position(file, size) != EFI_SUCCESS ||
	    file->set_position(file, 0) != EFI_SUCCESS)
		return "is not a file";
	return *size ? NULL : "is empty";
}

static status_t module_error(const struct efi *e, const char *what, struct word path,
			     const char *why, status_t status)
{
	efi_print(e, "error: %s=%.*s: %s", what, (int)path.len, path.text, why);
	return status;
}

status_t module_size(struct efi *e, const char *what, struct word path, uint64_t *size)
{
	struct efi_file *file;
	const char *why = module_open(e, path, &file, size);

	if (file)
		(void)file->close(file);
	return why ? module_error(e, what, path, why, ERR_NOT_FOUND) : OK;
}

status_t module_read(struct efi *e, const char *what, struct word path, uint64_t at, uint64_t size)
{
	struct efi_file *file = efi_open(e, path.text, path.len);
	const uint64_t got = file ? efi_read(file, (void *)at, size) : 0;

	if (file)
		(void)file->close(file);
	return got == size ? OK : module_error(e, what, path, "cannot be read", ERR_FIRMWARE);
}

status_t efi_read_modules(struct efi *e, struct draft *d)
{
	static const char what[] = "module";
	const char *text = d->cmdline;
	struct draft_file *file;
	struct word path;
	uint64_t size, at;

	while (options_next(&text, what, &path)) {
		if (path.len >= DRAFT_NAME) {
			efi_print(e, "error: module=: a name of more than %u bytes",
				  DRAFT_NAME - 1);
			return ERR_BAD_OPTION;
		}
		if (d->named == DRAFT_FILES)
			return module_error(e, what, path, "too many modules",
					    ERR_BAD_OPTION);
		TRY(module_size(e, what, path, &size));
		TRY(module_room(e, d, what, size, &at));
		file = draft_named(d, path.text, path.len);
		file->mem = (struct boot_range){ at, size };
		file->pages = PAGES(size);
		TRY(module_read(e, what, path, at, size));
		efi_measure(e, &d->info, MEASURED_MODULE, (const void *)at, size);
	}
	return OK;
}

void efi_release_modules(struct efi *e, struct draft *d)
{

	for (; d->named; d->named--) {
		const struct draft_file *file = &d->files[d->named - 1];

		if (file->pages)
			(void)e->boot->free_pages(file->mem.base, file->pages);
	}
}
