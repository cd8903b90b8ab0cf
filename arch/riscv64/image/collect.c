/* SPDX-License-Identifier: MIT */
/*
 * collect.c - what loaders pass: the hart's number and a device tree, or a protocol of UEFI and
 * perhaps ACPI instead of the tree.
 */
#include "arch/collect.h"
#include "arch/boot.h"
#include "arch/riscv64/boot/csr.h"
#include "arch/riscv64/boot/levels.h"
#include "arch/riscv64/boot/rhct.h"
#include "arch/riscv64/boot/tree.h"
#include "lib/console/panic.h"
#include "lib/efi_protocols.h"
#include "lib/fdt.h"

#define BOOT_HART_GUID \
	{ 0xccd15fec, 0x6f73, 0x4eec, { 0x83, 0x95, 0x3e, 0x69, 0xe4, 0xb9, 0x40, 0xbf } }

/* For entry.S, which prints it on a CPU that cannot run compiled code. Only ways in need it. */
const uint16_t efi_uncompressed_text[] __attribute__((section(".text.efi_uncompressed_text"))) =
	u"stubborn: error: the CPU has no C extension: compressed instructions\r\n";

struct boot_hart {			/* RISCV_EFI_BOOT_PROTOCOL 1.0, 2.3 */
	uint64_t revision;
	efi_status_t (EFIAPI *get)(struct boot_hart *self, uint64_t *id);
};

/* Read what every way in needs from the device tree, if there is one. */
static void collect_cpus(const void *dtb, uint64_t size, struct boot_info *out)
{
	const struct tree_cpus cpus = tree_cpus(dtb, size);

	out->counter_hz = cpus.hz;
	svpbmt = cpus.svpbmt && levels_types();
}

void arch_collect(uint32_t kind, struct draft *d, struct raw *r, uint64_t a, uint64_t b)
{
	struct boot_info *info = draft_info(d);

	if (kind != BOOT_ENTRY_IMAGE)
		panic("entry %u: unknown on this CPU", kind);
	levels_find();
	dtb_collect(d, r, a);
	info->cpu_id = b;
	collect_cpus((const void *)a, FDT_MAX, info);
}

/* Firmware's tables say what can be read, for struct acpi. */
static const void *table_reach(void *cookie, uint64_t at, uint64_t size)
{
	struct boot_range piece;

	(void)cookie;
	if (!at || !ends_by(at, size, ARCH_REACH))
		return NULL;
	for (uint64_t next = at; next - at < size; next = piece.base + piece.size)
		if (!arch_reach(next, false, &piece))
			return NULL;
	return (const void *)at;
}

static void collect_acpi(struct boot_info *out)
{
	struct acpi a = { 0 };
	const struct acpi_header *rhct;

	a.reach = table_reach;		/* an initialiser would be a pointer in the file */
	if (!acpi_open(&a, out->acpi_rsdp))
		return;
	rhct = acpi_find(&a, RHCT_SIGNATURE, 0);
	out->counter_hz = rhct_hz(rhct);
	svpbmt = rhct_harts_have(rhct, "svpbmt") && levels_types();
}

void arch_collect_efi(const struct efi_system_table *t, const struct boot_range *dtb,
		      struct boot_info *out)
{
	static const struct efi_guid guid = BOOT_HART_GUID;
	const void *tree = (const void *)dtb->base;
	struct boot_hart *hart;
	void *found = NULL;

	collect_cpus(tree, dtb->size, out);
	if (!tree)
		collect_acpi(out);
	if (t->boot->locate_protocol &&
	    t->boot->locate_protocol(&guid, NULL, &found) == EFI_SUCCESS && found) {
		hart = found;
		if (hart->get(hart, &out->cpu_id) == EFI_SUCCESS)
			return;
	}
	out->cpu_id = tree_number(tree, dtb->size, FDT_CHOSEN, "boot-hartid");
}

void arch_collect_port(uint64_t a, struct boot_uart *out)
{
	if (!dtb_port(a, out))
		arch_default_uart(out);
}
