/* SPDX-License-Identifier: MIT */
/*
 * main.c - the stub's table of contents.
 *
 * All entry code calls stub_main(), with two words that depend on the kind of entry.
 */
#include "stub/stub.h"
#include "arch/boot.h"
#include "lib/crumb.h"
#include "lib/image.h"
#include "lib/string.h"
#include "stub/finish.h"
#include "stub/efi/module.h"
#include "stub/raw/raw.h"

#define PLACE_TRIES	4	/* a map that has grown this often will not settle */

/* The whole boot by UEFI. Returns only if it failed before firmware was gone. */
static status_t main_efi(struct stub *s, void *handle, struct efi_system_table *systab)
{
	struct arena *a = &s->arena;
	struct draft *d = &s->draft;
	struct efi *e = &s->efi;
	status_t status = efi_collect(e, d, handle, systab);
	uint32_t n;

	for (int tries = 0; status == OK; tries++) {
		crumb_drop(CRUMB_PLACE);
		status = efi_place(e, d, a);		/* the one allocation */
		if (status != OK)
			break;
		status = efi_leave(e, d, a, &n);	/* the last call of firmware */
		if (status == OK)
			finish_boot(d, a, &e->reach, n);
		if (status != ERR_TOO_SMALL)
			break;
		if (tries == PLACE_TRIES) {
			efi_no_map(e, EFI_BUFFER_TOO_SMALL);
			break;
		}
		efi_release(e, a);		/* the map has grown: get a larger arena */
		status = OK;
	}
	efi_release(e, a);
	efi_release_initrd(e, d);
	efi_release_modules(e, d);
	return status;
}

static efi_status_t efi_status(status_t s)
{
	static const uint8_t error[] = {	/* 0: any other */
		[ERR_NOT_FOUND] = (uint8_t)EFI_NOT_FOUND,
		[ERR_NO_MEMORY] = (uint8_t)EFI_OUT_OF_RESOURCES,
		[ERR_BAD_OPTION] = (uint8_t)EFI_INVALID_PARAMETER,
		[ERR_UNSUPPORTED] = (uint8_t)EFI_UNSUPPORTED,
		[ERR_SECURITY] = (uint8_t)EFI_SECURITY_VIOLATION,
	};

	if (s >= ARRAY_SIZE(error) || !error[s])
		return EFI_LOAD_ERROR;
	return EFI_ERROR_BIT | error[s];
}

/*
 * The image cannot be relocated, so pointers in tables stay wrong and a panic would have no
 * breadcrumbs. Only use output code that needs neither.
 */
static efi_status_t image_damaged(uint64_t kind, uint64_t a, uint64_t b)
{
	static const char why[] = "the image is damaged";
	struct boot_uart uart;
	const struct efi e = { .systab = (struct efi_system_table *)b, .uart = &uart };

	if (kind != BOOT_ENTRY_UEFI && kind != BOOT_ENTRY_UEFI32)
		raw_fail(why, a);
	arch_default_uart(&uart);
	if (b)
		efi_print(&e, "error: %s", why);
	return EFI_LOAD_ERROR;
}

/*
 * In: the kind of entry, its two words (UEFI: image handle and system table; AGAIN: boot_info and
 * struct raw_door), and the counter at the first instruction. On firmware's stack or our scratch
 * stack, not relocated yet.
 */
efi_status_t stub_main(uint64_t kind, uint64_t a, uint64_t b, uint64_t t0)
{
	struct stub s;

	/* Pointers in tables are wrong until this is done. */
	if (image_relocate((uint64_t)image_start, image_size(), (uint64_t)image_start, image_rela,
			   (uint64_t)(image_rela_end - image_rela), arch_rela_relative) != OK)
		return image_damaged(kind, a, b);
	/* the arena is not cleared: laying it out writes all of it; the draft follows struct efi */
	_Static_assert(offsetof(struct stub, draft) == offsetof(struct stub, efi) + sizeof(s.efi),
		       "nothing between");
	memset(&s.efi, 0, sizeof(s.efi) + offsetof(struct draft, cmdline));
	s.draft.cmdline[0] = s.draft.file[0] = s.draft.vendor[0] = 0;
	crumb_drop(CRUMB_ENTRY);
	crumb_trail->time[CRUMB_ENTRY] = t0;
	crumb_trail->image = (uint64_t)image_start;
	s.draft.info.entry = (uint32_t)kind;
	if (kind != BOOT_ENTRY_UEFI && kind != BOOT_ENTRY_UEFI32)
		raw_boot(&s.draft, &s.arena, a, b);
	return efi_status(main_efi(&s, (void *)a, (struct efi_system_table *)b));
}
