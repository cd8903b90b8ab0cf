/* SPDX-License-Identifier: MIT */
/* again_make.h - a handoff as the stub leaves it, with a kernel's changes, for booting again. */
#ifndef AGAIN_MAKE_H
#define AGAIN_MAKE_H
#include "include/stubborn/crumb.h"
#include "lib/image.h"
#include "stub/again.h"
#include <string.h>

/* Offsets in the handoff; the arrays are far apart. */
#define MADE_MAP	0x1000
#define MADE_MODULES	0x2000
#define MADE_TEXT	0x2800
#define MADE_EFI	0x3000
#define MADE_KEPT	0x4000
#define MADE_SIZE	0x10000
#define MADE_IMAGE	0x40000000ull	/* nothing is there: it is not read */
#define MADE_CACHE	0xf
#define MADE_MODULE	0x200000ull
#define MADE_VENDOR	"EDK II"
#define MADE_FILE	"\\EFI\\BOOT\\X.EFI"

/* Its boot_info, at `handoff`, which is MADE_SIZE bytes of zeros. */
static inline struct boot_info *again_make(uint8_t *handoff)
{
	const uint64_t at = (uint64_t)handoff, size = image_size();
	struct boot_info *bi = (struct boot_info *)(handoff + CRUMB_SIZE);
	const struct boot_mem map[] = {
		{ 0, 0x9f000, BOOT_MEM_FREE, MADE_CACHE },
		{ 0x100000, 0x100000, BOOT_MEM_NVS, MADE_CACHE },
		{ MADE_MODULE, 0x2000, BOOT_MEM_MODULE, 0 },
		{ 0x202000, 0xfe000, BOOT_MEM_FREE, MADE_CACHE },
		{ 0x300000, 0x1000, BOOT_MEM_HANDOFF, MADE_CACHE },	/* an old trampoline */
		{ 0x301000, 0x7ff000, BOOT_MEM_FREE, MADE_CACHE },
		{ MADE_IMAGE, size, BOOT_MEM_IMAGE, 0 },
		{ MADE_IMAGE + size, 0x10000000, BOOT_MEM_RECLAIM, MADE_CACHE },
		{ at, MADE_SIZE, BOOT_MEM_HANDOFF, 0 },
		{ 0xc0000000, 0x1000, BOOT_MEM_RESERVED, 0 },
	};
	const struct boot_module module[] = {
		{ { MADE_MODULE + 8, 0x1234 }, BOOT_MODULE_INITRD, 0 },
		{ { 0x100000, 0x80 }, BOOT_MODULE_TPM_LOG, 2 },
	};
	struct crumbs *c = (struct crumbs *)handoff;

	*c = (struct crumbs){ .magic = CRUMB_MAGIC, .stage = CRUMB_KERNEL, .panics = 1 };
	*bi = (struct boot_info){
		.magic = BOOT_INFO_MAGIC, .major = BOOT_INFO_MAJOR, .minor = BOOT_INFO_MINOR,
		.size = sizeof(*bi), .handoff = { at, MADE_SIZE }, .entry = BOOT_ENTRY_UEFI,
		.regime = BOOT_MMU_MAPPED, .exit_tries = 2, .page_root = 5, .page_used = 6,
		.flags = BOOT_RUNTIME_OK | BOOT_PLACE_RANDOM | BOOT_MEASURED_CMDLINE |
			 BOOT_MEASURED_INITRD,
		.image = { MADE_IMAGE, size }, .image_virt = (uint64_t)image_start,
		.memmap = { at + MADE_MAP, sizeof(map) }, .crumbs = at,
		.modules = { at + MADE_MODULES, sizeof(module) },
		.acpi_rsdp = 0x100010, .smbios = 0xf0000, .efi_runtime = 0x180000,
		.efi_memattr = MADE_IMAGE + size + 8, .efi_memmap = { at + MADE_EFI, 96 },
		.efi_desc_size = 48, .vendor = { at + MADE_TEXT, strlen(MADE_VENDOR) },
		.file = { at + MADE_TEXT + 64, strlen(MADE_FILE) },
		.uart = { .base = 0x3f8, .type = BOOT_UART_16550, .is_port = 1, .reg_width = 1 },
		.seed_len = 32, .found = { 1, 2, 3 },
		.kept = { at + MADE_KEPT, sizeof(struct again) + again_data() },
	};
	memcpy(handoff + MADE_MAP, map, sizeof(map));
	memcpy(handoff + MADE_MODULES, module, sizeof(module));
	memcpy(handoff + MADE_TEXT, MADE_VENDOR, sizeof(MADE_VENDOR));
	memcpy(handoff + MADE_TEXT + 64, MADE_FILE, sizeof(MADE_FILE));
	return bi;
}
#endif
