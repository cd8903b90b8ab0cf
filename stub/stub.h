/* SPDX-License-Identifier: MIT */
/*
 * stub.h - one run of the stub.
 *
 * All of it lives on the stack of stub_main: firmware may not have given us a .bss.
 */
#ifndef STUB_H
#define STUB_H
#include "arch/arch.h"
#include "lib/efi.h"
#include "lib/crumb.h"
#include "lib/wants.h"
#include "stub/arena.h"
#include "stub/draft.h"
#include "stub/reach.h"

/* The state that only UEFI has. */
struct efi {
	void *image;
	struct efi_system_table *systab;
	struct efi_boot_services *boot;
	const struct boot_uart *uart;	/* of the draft: where firmware's console fails */
	void *device;			/* handle of our own volume; may be NULL */
	struct efi_tcg2 *tcg;		/* NULL: no TPM */
	uint64_t initrd_pages;		/* pages allocated for the initrd; 0: none */
	uint64_t arena_pages;		/* likewise for the arena */
	uint64_t slack;			/* descriptors of room in arena.efi_map to add */
	uint64_t limit;			/* the arena must end below */
	struct reach reach;		/* what firmware has mapped */
};

/* One stub run. `arena` and `draft` are common to all ways in. */
struct stub {
	enum boot_regime regime;
	struct kernel_wants wants;	/* from collect_options() on */
	struct arena arena;
	struct efi efi;
	bool cold;		/* entered with the caches off: they know nothing we wrote */
	struct draft draft;	/* last: its texts are not cleared, only ended */
};

/* EFI_STATUS for UEFI callers; does not return otherwise, and not after firmware is gone. */
efi_status_t stub_main(uint64_t kind, uint64_t a, uint64_t b, uint64_t t0);
#endif
