/* SPDX-License-Identifier: MIT */
/*
 * report.c - prints what the boot found, one fact a line: "boot: key: value". Tests and people read
 * it, so existing keys must keep their form. Runs with the map on and the memory map final.
 */
#include "lib/console/console.h"
#include "kernel/crc32.h"
#include "kernel/kernel.h"
#include "kernel/quote.h"

#define MEMORY_LINES_MAX	128
#define MICROSECONDS		1000000ull
#define NAME_MAX		10	/* the longest name, "identity", with its NUL */

static const char *name_of(const char (*names)[NAME_MAX], uint32_t n, uint32_t i)
{
	return i < n ? names[i] : "?";
}
#define NAME_OF(names, i)	name_of(names, ARRAY_SIZE(names), i)

/* Print text from outside on one line, whatever its content and length. */
static void print_text(const struct kernel *k, const struct boot_range *text)
{
	quote_print(memory_at(&k->memory, text->base), text->base ? text->size : 0);
}

static void print_address(const char *key, uint64_t address)
{
	if (address)
		console_print("boot: %s: 0x%llx\n", key, LL(address));
	else
		console_print("boot: %s: none\n", key);
}

/* Of the page tables. */
static const char *mode_name(uint32_t cpu_flags)
{
	return cpu_flags & BOOT_CPU_SV57 ? " sv57" : cpu_flags & BOOT_CPU_SV48 ? " sv48" : " sv39";
}

static void report_origin(const struct kernel *k)
{
	static const char entry[][NAME_MAX] = {
		"?", "uefi", "image", "linux16", "linux32", "linux64", "pvh", "uefi32", "again",
	};
	static const char regime[][NAME_MAX] = { "?", "off", "identity", "mapped" };
	const struct boot_info *bi = k->bi;

	console_print("Stubborn " STUBBORN_VERSION " %s: kernel running\n", arch_name);
	console_print("boot: machine: \"%s\"\n", k->name);
	console_print("boot: entry: %s\n", NAME_OF(entry, bi->entry));
	if (bi->agains)
		console_print("boot: again: %u times since %s\n", bi->agains,
			      NAME_OF(entry, bi->first_entry));
	console_print("boot: regime: %s\n", NAME_OF(regime, bi->regime));
	console_print("boot: command line: ");
	print_text(k, &bi->cmdline);
	if (bi->flags & BOOT_CMDLINE_CUT)
		console_warn("the command line was too long and is cut\n");
	options_warn(k->cmdline);
	console_print("boot: cpu: %s%llu id 0x%llx%s%s%s\n", arch_mode_name, LL(bi->cpu_mode),
		      LL(bi->cpu_id), ARCH_MODES ? mode_name(bi->cpu_flags) :
		      bi->cpu_flags & BOOT_CPU_LA57 ? " la57" : "",
		      bi->cpu_flags & BOOT_CPU_E2H ? " e2h" : "",
		      bi->cpu_flags & BOOT_CPU_DROPPED ? " dropped" : "");
}

/* What firmware or an earlier system left enabled. */
static void report_found(const struct boot_info *bi)
{
	console_print("boot: found:");
	for (uint32_t i = 0; i < BOOT_FOUND; i++)
		if (arch_found[i][0])
			console_print(" %s 0x%llx", arch_found[i], LL(bi->found[i]));
	console_print("\n");
	if (bi->flags & BOOT_AFTER_OS)
		console_print("boot: after: an operating system; devices may still do DMA\n");
}

static void report_initrd(const struct kernel *k)
{
	const struct boot_module *m = module_find(k, BOOT_MODULE_INITRD);

	if (!m) {
		console_print("boot: initrd: none\n");
		return;
	}
	console_print("boot: initrd: %llu bytes crc32 %08x\n", LL(m->mem.size),
		      crc32(0, memory_at(&k->memory, m->mem.base), m->mem.size));
}

static void report_named(const struct kernel *k)
{
	const struct boot_info *bi = k->bi;
	const struct boot_module *m = memory_at(&k->memory, bi->modules.base);
	const struct boot_range *name = memory_at(&k->memory, bi->module_names.base);

	for (uint64_t i = 0; i < bi->module_names.size / sizeof(*name); i++) {
		if (m[i].kind != BOOT_MODULE_FILE)
			continue;
		console_print("boot: module: %llu bytes crc32 %08x ", LL(m[i].mem.size),
			      crc32(0, memory_at(&k->memory, m[i].mem.base), m[i].mem.size));
		print_text(k, &name[i]);
	}
}

static void report_image(const struct boot_info *bi)
{
	console_print("boot: image: loaded 0x%llx runs 0x%llx virtual 0x%llx\n",
		      LL(bi->image_loaded), LL(bi->image.base), LL(bi->image_virt));
	console_print("boot: place: %s, virtual base %s\n",
		      bi->flags & BOOT_PLACE_RANDOM ? "random" :
		      bi->image_loaded == bi->image.base ? "stayed" : "chosen",
		      bi->flags & BOOT_VIRT_RANDOM ? "random" : "fixed");
	console_print("boot: checksum: ok\n");		/* else kernel_main has panicked */
}

/* Secure Boot's state is known only under UEFI. */
static void report_trust(const struct boot_info *bi)
{
	const uint32_t cmdline = bi->flags & BOOT_MEASURED_CMDLINE;
	const uint32_t initrd = bi->flags & BOOT_MEASURED_INITRD;

	console_print("boot: measured: %s%s%s%s%s%s\n", cmdline ? "command line" : "",
		      cmdline && initrd ? ", " : "",
		      initrd ? "initrd" : cmdline ? "" : "nothing",
		      bi->flags & BOOT_MEASURED_FILES ? ", modules" : "",
		      bi->flags & BOOT_MEASURE_FAILED ? "; the TPM failed" : "",
		      bi->flags & BOOT_TPM_LOG_SHORT ? "; the TPM's log is full" : "");
	console_print("boot: secure boot: %s%s\n",
		      bi->flags & BOOT_SECURE_BOOT ? "on" : bi->exit_tries ? "off" : "unknown",
		      bi->flags & BOOT_SETUP_MODE ? ", setup mode" : "");
}

static void report_clock(const struct boot_info *bi)
{
	static const char source[][24] = {
		"nowhere", "firmware", "firmware, zone unknown", "rtc, zone unknown",
	};

	if (bi->clock)
		console_print("boot: clock: %llu seconds since 1970 from %s\n", LL(bi->clock),
			      bi->clock_source < ARRAY_SIZE(source) ?
				      source[bi->clock_source] : "?");
	else
		console_print("boot: clock: unknown\n");
}

static void report_firmware(const struct kernel *k)
{
	const struct boot_info *bi = k->bi;
	const struct boot_module *dtb = module_find(k, BOOT_MODULE_DTB);
	const struct boot_module *tpm = module_find(k, BOOT_MODULE_TPM_LOG);
	const struct boot_module *dead = module_find(k, BOOT_MODULE_ELFCOREHDR);

	console_print("boot: exit tries: %u\n", bi->exit_tries);
	if (bi->exit_growth)
		console_print("boot: exit growth: %u descriptors\n", bi->exit_growth);
	console_print("boot: file: ");
	print_text(k, &bi->file);
	if (bi->efi_revision) {
		console_print("boot: firmware: uefi %u.%u revision 0x%x vendor ",
			      bi->efi_revision >> 16, (bi->efi_revision & 0xffff) / 10,
			      bi->firmware_revision);
		print_text(k, &bi->vendor);
	} else {
		console_print("boot: firmware: none\n");
	}
	print_address("acpi", bi->acpi_rsdp);
	print_address("smbios", bi->smbios);
	print_address("dtb", dtb ? dtb->mem.base : 0);
	print_address("tpm log", tpm ? tpm->mem.base : 0);
	if (dead)
		console_print("boot: elfcorehdr: %llu bytes at 0x%llx\n", LL(dead->mem.size),
			      LL(dead->mem.base));
	report_trust(bi);
	console_print("boot: runtime services: %s\n",
		      bi->flags & BOOT_RUNTIME_OK ? "yes" : "no");
	console_print("boot: seed: %u bytes\n", bi->seed_len);
	report_clock(bi);
}

static void report_devices(const struct boot_info *bi)
{
	static const char format[][NAME_MAX] = { "none", "xrgb", "xbgr", "masks" };
	static const char uart[][NAME_MAX] = {
		"none", "16550", "pl011", "cdns", "imx", "lpuart", "meson", "msm", "geni",
		"exynos", "mvebu", "scif", "call",
	};
	static const char source[][NAME_MAX] = {
		"nowhere", "spcr", "dbg2", "dtb", "default", "option",
	};

	if (bi->fb.format == BOOT_FB_NONE)
		console_print("boot: screen: none\n");
	else
		console_print("boot: screen: %ux%u %s at 0x%llx%s\n", bi->fb.width, bi->fb.height,
			      NAME_OF(format, bi->fb.format), LL(bi->fb.mem.base),
			      console.screen_on ? "" : ", unusable");
	console_print("boot: uart: %s", NAME_OF(uart, bi->uart.type));
	if (bi->uart.base)
		console_print(" at %s 0x%llx", bi->uart.is_port ? "port" : "memory",
			      LL(bi->uart.base));
	if (bi->uart.type != BOOT_UART_NONE)
		console_print(" from %s", NAME_OF(source, bi->uart.source));
	console_print("\n");
}

static void report_memory(const struct kernel *k)
{
	const struct memory *m = &k->memory;
	uint64_t free = 0;

	for (uint32_t i = 0; i < m->n; i++)
		if (m->map[i].type == BOOT_MEM_FREE)
			free += m->map[i].size;
	console_print("boot: memory: %llu MiB free in %u ranges%s\n", LL(free / MIB), m->n,
		      k->bi->flags & BOOT_RAM_UNMAPPED ? ", some not mapped" : "");
	for (uint32_t i = 0; i < m->n && i < MEMORY_LINES_MAX; i++)
		console_print("boot: memory: 0x%llx 0x%llx %s\n", LL(m->map[i].base),
			      LL(m->map[i].size), memory_type_name(m->map[i].type));
	if (m->n > MEMORY_LINES_MAX)
		console_print("boot: memory: and %u more\n", m->n - MEMORY_LINES_MAX);
}

void report_ticks(uint64_t ticks, uint64_t hz)
{
	console_print(" %llu", LL(ticks));
	if (hz && ticks <= UINT64_MAX / MICROSECONDS)
		console_print(" %llu us", LL(ticks * MICROSECONDS / hz));
	console_print("\n");
}

static void report_times(uint64_t hz)
{
	char number[CRUMB_LABEL];

	for (uint32_t stage = 0; stage < CRUMB_STAGES; stage++) {
		uint64_t ticks = crumb_trail->time[stage] - crumb_trail->time[CRUMB_ENTRY];

		if (!crumb_trail->time[stage])
			continue;
		console_print("boot: time: %s", crumb_label(stage, number));
		report_ticks(ticks, hz);
	}
}

void report_print(const struct kernel *k)
{
	report_origin(k);
	report_found(k->bi);
	report_initrd(k);
	report_named(k);
	report_image(k->bi);
	report_firmware(k);
	report_devices(k->bi);
	report_memory(k);
	report_times(k->bi->counter_hz);
}
