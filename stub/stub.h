/* SPDX-License-Identifier: MIT */
/*
 * stub.h - one run of the stub. main.c owns it and hands each step the parts it needs.
 *
 * It is on the stack of stub_main, as firmware may not have given us a .bss.
 */
#ifndef STUB_H
#define STUB_H
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/efi/efi.h"

struct stub {
	struct arena arena;
	struct efi efi;			/* all 0 without UEFI */
	struct draft draft;	/* last: its texts are not cleared, only set to "" */
};

/* UEFI: returns an EFI_STATUS if the boot failed before firmware was gone. Else: never returns. */
efi_status_t stub_main(uint64_t kind, uint64_t a, uint64_t b, uint64_t t0);
#endif
