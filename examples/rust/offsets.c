/* SPDX-License-Identifier: MIT */
/* offsets.c - C's offsets, in the order of the bindings in boot_info.rs, which are checked. */
#include "stubborn/kernel.h"

#define AT(field)	__builtin_offsetof(struct boot_info, field)

extern const uint64_t boot_info_offsets[], boot_info_offsets_count;

const uint64_t boot_info_offsets[] = {
	AT(magic), AT(major), AT(minor), AT(size), AT(handoff), AT(boot_stack), AT(trap_stack),
	AT(entry), AT(regime), AT(cpu_mode), AT(cpu_id), AT(flags), AT(exit_tries),
	AT(exit_growth), AT(reserved0), AT(image), AT(image_loaded), AT(image_virt), AT(checksum),
	AT(page_root), AT(direct_map), AT(page_pool), AT(page_used), AT(memmap), AT(acpi_rsdp),
	AT(smbios), AT(efi_systab), AT(efi_runtime), AT(efi_memattr), AT(efi_memmap),
	AT(efi_desc_size), AT(efi_desc_version), AT(efi_revision), AT(firmware_revision),
	AT(vendor), AT(file), AT(cmdline), AT(modules), AT(fb), AT(uart), AT(seed), AT(seed_len),
	AT(cpu_flags), AT(counter_hz), AT(crumbs), AT(found), AT(tpm_final), AT(tpm_final_seen),
	sizeof(struct boot_mem), sizeof(struct boot_module), sizeof(struct boot_fb),
	sizeof(struct boot_uart), sizeof(struct kernel_wants),
};
const uint64_t boot_info_offsets_count = sizeof(boot_info_offsets) / sizeof(uint64_t);
