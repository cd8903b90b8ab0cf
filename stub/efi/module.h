/* SPDX-License-Identifier: MIT */
/* module.h - reads files beside our own into memory. Errors have been printed, as WHAT=PATH. */
#ifndef STUB_EFI_MODULE_H
#define STUB_EFI_MODULE_H
#include "stub/efi/efi.h"

/* Pages for `size` bytes, apart from all that the draft has; the caller notes them. */
status_t module_room(struct efi *e, const struct draft *d, const char *what, uint64_t size,
		     uint64_t *at);

/* The file's size in bytes. ERR_NOT_FOUND if there is no such file, or it is empty. */
status_t module_size(struct efi *e, const char *what, struct word path, uint64_t *size);

/* Read its first `size` bytes to `at`. */
status_t module_read(struct efi *e, const char *what, struct word path, uint64_t at,
		     uint64_t size);

/* Read the files of all options module=PATH, and measure each. */
status_t efi_read_modules(struct efi *e, struct draft *d);
void efi_release_modules(struct efi *e, struct draft *d);	/* their pages, if there are any */
#endif
