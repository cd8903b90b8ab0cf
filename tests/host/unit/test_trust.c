/* SPDX-License-Identifier: MIT */
/* test_trust.c - Secure Boot's state, what it forbids, and what the TPM is told. */
#include "tests/host/unit/dtc.h"
#include "arch/collect.h"
#include "tests/host/arch/cpu.h"
#include "tests/host/unit/fake_raw.h"
#include "tests/host/unit/low.h"
#include "lib/efi_protocols.h"
#include "stub/collect.h"
#include "stub/efi/efi.h"
#include "stub/efi/tpm_log.h"
#include "stub/raw/pc.h"

#define ABSENT	-1

static struct stub stub;
static struct efi_runtime_services runtime;
static struct efi_system_table systab = { .runtime = &runtime };

/* ---- what the code under test calls ---- */

void bios_find(struct boot_info *info)
{
	(void)info;
}

bool uart_find(struct reach *k, uint64_t rsdp, const void *dtb, uint64_t dtb_size,
	       struct boot_uart *out)
{
	(void)k;
	(void)rsdp;
	(void)dtb;
	(void)dtb_size;
	(void)out;
	return true;
}

void *efi_first_protocol(const struct efi *e, const struct efi_guid *guid)
{
	(void)e;
	(void)guid;
	return NULL;
}

/* Firmware's variables; a value of ABSENT is none. */
static struct {
	int secure_boot, setup_mode, shim;
	uint32_t attributes, shim_attributes;
	uint64_t size;
	bool unwritten;			/* nothing is, though it says so */
	bool bare;			/* nor are attributes said */
} variable;

static bool is_name(const uint16_t *name, const char *ascii)
{
	while (*ascii && *name == (uint8_t)*ascii)
		name++, ascii++;
	return *name == (uint8_t)*ascii;
}

static efi_status_t get_variable(const uint16_t *name, const struct efi_guid *vendor,
				 uint32_t *attributes, uint64_t *size, void *data)
{
	static const struct efi_guid global = EFI_GLOBAL_VARIABLE_GUID;
	static const struct efi_guid lock = SHIM_LOCK_GUID;
	const bool shim = is_name(name, "MokSBStateRT");
	int value = shim ? variable.shim : is_name(name, "SecureBoot") ? variable.secure_boot :
		    is_name(name, "SetupMode") ? variable.setup_mode : ABSENT;

	assert_memory_equal(vendor, shim ? &lock : &global, sizeof(*vendor));
	assert_true(*size == 1);
	if (value == ABSENT)
		return EFI_NOT_FOUND;
	if (!variable.bare)
		*attributes = shim ? variable.shim_attributes : variable.attributes;
	*size = variable.size;
	if (variable.size > 1)
		return EFI_BUFFER_TOO_SMALL;
	if (variable.size && !variable.unwritten)
		*(uint8_t *)data = (uint8_t)value;
	return EFI_SUCCESS;
}

static uint32_t secure_flags(int secure_boot, int setup_mode, int shim, uint32_t attributes)
{
	memset(&stub, 0, sizeof(stub));
	stub.efi.systab = &systab;
	runtime.get_variable = get_variable;
	variable.secure_boot = secure_boot;
	variable.setup_mode = setup_mode;
	variable.shim = shim;
	variable.shim_attributes = attributes;
	efi_find_secure_boot(&stub.efi, &stub.draft.info);
	return stub.draft.info.flags;
}

static void test_secure_boot(void **state)
{
	static const struct {
		int secure_boot, setup_mode, shim;
		uint32_t attributes, flags;
	} cases[] = {
		{ ABSENT, ABSENT, ABSENT, 0, 0 },
		{ 0, 0, ABSENT, 0, 0 },
		{ 0, 1, ABSENT, 0, BOOT_SETUP_MODE },
		{ 1, 1, ABSENT, 0, BOOT_SETUP_MODE },
		{ 1, 0, ABSENT, 0, BOOT_SECURE_BOOT },
		{ 1, ABSENT, ABSENT, 0, BOOT_SECURE_BOOT },
		{ 1, 0, 0, 6, BOOT_SECURE_BOOT },
		{ 1, 0, 1, 6, 0 },
		{ 1, 0, 1, 2, 0 },
		{ 1, 0, 1, 7, BOOT_SECURE_BOOT },	/* non-volatile: not shim's word */
		{ 0, 0, 0, 6, 0 },
	};

	(void)state;
	variable.size = 1;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		const uint32_t k = i / 2;

		variable.attributes = 6 + i % 2;
		if (secure_flags(cases[k].secure_boot, cases[k].setup_mode, cases[k].shim,
				 cases[k].attributes) != cases[k].flags)
			fail_msg("case %u: flags %#x", k, stub.draft.info.flags);
	}
	for (variable.size = 0; variable.size <= 4; variable.size += 2)
		assert_int_equal(secure_flags(1, 1, ABSENT, 0), 0);
	variable.size = variable.unwritten = 1;
	assert_int_equal(secure_flags(1, 1, ABSENT, 0), 0);
	variable.unwritten = false;
	variable.bare = true;
	assert_int_equal(secure_flags(1, 0, 1, 7), 0);
	variable.bare = false;
	systab.runtime = NULL;
	assert_int_equal(secure_flags(1, 1, ABSENT, 0), 0);
	systab.runtime = &runtime;
}

/* ---- options ---- */

static status_t obey(const char *cmdline, uint32_t flags, char why[COLLECT_WHY])
{
	memset(&stub, 0, sizeof(stub));
	stub.draft.info.flags = flags;
	strcpy(stub.draft.cmdline, cmdline);
	strcpy(why, "");
	return collect_options(&stub.draft, 0, why);
}

static void test_options(void **state)
{
	static const struct {
		const char *cmdline, *word;	/* NULL: allowed */
	} cases[] = {
		{ "", NULL }, { "poweroff panic selftest initrd=x quiet", NULL },
		{ "mmu=identity", NULL }, { "mmu=mapped place=random", NULL },
		{ "-- debug place=stay", NULL }, { "place=stay place=random", NULL },
		{ "mmu=off", "mmu=off" }, { "place=stay", "place=" },
		{ "place=0x100000", "place=" }, { "place=8192", "place=" }, { "debug", "debug" },
		{ "fault=entry", "fault=" }, { "fault=off", "fault=" },
		{ "x debug poweroff", "debug" }, { "earlycon=pl011,0x9000000", "earlycon=" },
	};
	char why[COLLECT_WHY];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const status_t got = obey(cases[i].cmdline, BOOT_SECURE_BOOT, why);
		char all[COLLECT_WHY] = "";

		if (cases[i].word)
			snprintf(all, sizeof(all), "%s: disabled by Secure Boot",
				 cases[i].word);
		if (got != (cases[i].word ? ERR_SECURITY : OK) || strcmp(why, all))
			fail_msg("\"%s\": %d \"%s\"", cases[i].cmdline, got, why);
		if (strcmp(cases[i].cmdline, "mmu=off"))	/* not on the host's CPU */
			assert_int_equal(obey(cases[i].cmdline, BOOT_SETUP_MODE, why), OK);
	}
	assert_int_equal(obey("mmu=foo debug", BOOT_SECURE_BOOT, why), ERR_BAD_OPTION);
}

/* A port given by hand replaces the one found; an impossible one is an error. */
static void test_earlycon(void **state)
{
	static const struct boot_uart found = { .base = 0x1000, .type = BOOT_UART_PL011,
						.source = BOOT_UART_FROM_SPCR };
	char why[COLLECT_WHY];

	(void)state;
	for (int ports = 0; ports < 2; ports++) {
		fake_cpu.no_uart = !ports;
		assert_int_equal(obey("earlycon=uart8250,io,0x3f8,57600", 0, why),
				 ports ? OK : ERR_BAD_OPTION);
		assert_int_equal(!strstr(why, "has no I/O ports"), ports);
		assert_int_equal(stub.draft.info.uart.base, ports ? 0x3f8 : 0);
	}
	collect_console(&stub.draft);
	assert_int_equal(fake_raw.uart.base, 0x3f8);
	assert_int_equal(fake_raw.divisor, 2);
	assert_int_equal(obey("earlycon=uart8250,mmio32,0x2000", 0, why), OK);
	assert_int_equal(stub.draft.info.uart.base, 0x2000);
	assert_int_equal(stub.draft.info.uart.source, BOOT_UART_FROM_OPTION);
	stub.draft.info.uart = found;
	strcpy(stub.draft.cmdline, "earlycon");	/* without a value: the port found */
	assert_int_equal(collect_options(&stub.draft, 0, why), OK);
	assert_memory_equal(&stub.draft.info.uart, &found, sizeof(found));
	collect_console(&stub.draft);
	assert_int_equal(fake_raw.divisor, 0);
}

/* A Linux that was verified passes that on to what it starts by kexec. */
static void test_linux(void **state)
{
	char why[COLLECT_WHY];

	(void)state;
	for (uint32_t i = 0; i < 256; i++) {
		static struct raw raw;
		struct linux_params *p = low(sizeof(*p));

		memset(&stub, 0, sizeof(stub));
		raw.n = 0;
		stub.draft.info.entry = BOOT_ENTRY_LINUX64;
		p->magic = LINUX_MAGIC;
		p->e820_count = 1;
		p->e820[0] = (struct linux_e820){ 0x100000, 0xf00000, 1 };
		p->secure_boot = (uint8_t)i;
		p->cmdline = (uint32_t)(uint64_t)low_copy("place=stay", 11);
		linux_collect(&stub.draft, &raw, (uint64_t)p);
		assert_int_equal(stub.draft.info.flags, i == 3 ? BOOT_SECURE_BOOT : 0);
		assert_int_equal(collect_options(&stub.draft, 0, why), i == 3 ? ERR_SECURITY : OK);
	}
}

/* ---- measuring ---- */

static struct {
	struct efi_tcg2 tcg;
	uint32_t calls;
	uint64_t data, size;
	uint8_t event[64];
	efi_status_t answer;
} tpm;

static efi_status_t hash_log_extend_event(struct efi_tcg2 *self, uint64_t flags, uint64_t data,
					  uint64_t size, struct efi_tcg2_event *event)
{
	assert_ptr_equal(self, &tpm.tcg);
	assert_true(flags == 0 && event->size <= sizeof(tpm.event));
	tpm.calls++;
	tpm.data = data;
	tpm.size = size;
	memcpy(tpm.event, event, event->size);
	return tpm.answer;
}

static uint32_t measure(enum measured what, const void *data, uint64_t size, efi_status_t answer)
{
	memset(&stub, 0, sizeof(stub));
	tpm.tcg.hash_log_extend_event = hash_log_extend_event;
	tpm.calls = 0;
	tpm.answer = answer;
	stub.efi.tcg = &tpm.tcg;
	efi_measure(&stub.efi, &stub.draft.info, what, data, size);
	return stub.draft.info.flags;
}

/* EFI_TCG2_EVENT and TCG_PCClientTaggedEvent, byte for byte; the numbers are little endian. */
#define EVENT(size, tag, name_size, name)                               \
	size "\0\0\0" "\x0e\0\0\0" "\1\0" "\x09\0\0\0" "\x06\0\0\0"    \
	tag "\x22\x3b\x8f" name_size "\0\0\0" name

static void test_measure(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t size, flag;
	} cases[] = {
		[MEASURED_OPTIONS] = { EVENT("\x34", "\xed", "\x1a", "LOADED_IMAGE::LoadOptions"),
				       0x34, BOOT_MEASURED_CMDLINE },
		[MEASURED_FILE] = { EVENT("\x2c", "\xed", "\x12", "command line file"),
				    0x2c, BOOT_MEASURED_CMDLINE },
		[MEASURED_SECTION] = { EVENT("\x2b", "\xed", "\x11", "section .cmdline"),
				       0x2b, BOOT_MEASURED_CMDLINE },
		[MEASURED_MODULE] = { EVENT("\x26", "\xec", "\x0c", "module file"),
				      0x26, BOOT_MEASURED_FILES },
		[MEASURED_INITRD] = { EVENT("\x27", "\xec", "\x0d", "Linux initrd"),
				      0x27, BOOT_MEASURED_INITRD },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(measure(i, cases, 77, EFI_SUCCESS), cases[i].flag);
		assert_int_equal(tpm.calls, 1);
		assert_true(tpm.data == (uint64_t)cases && tpm.size == 77);
		assert_memory_equal(tpm.event, cases[i].bytes, cases[i].size);
		assert_int_equal(measure(i, cases, 77, EFI_DEVICE_ERROR), BOOT_MEASURE_FAILED);
		assert_int_equal(measure(i, cases, 77, 0x8000000000000009), BOOT_MEASURE_FAILED);
		assert_int_equal(measure(i, cases, 77, 1), BOOT_MEASURE_FAILED); /* a warning */
	}
}

/* No TPM, or nothing to measure: no call, and no failure is reported. */
static void test_no_tpm(void **state)
{
	(void)state;
	assert_int_equal(measure(MEASURED_INITRD, NULL, 0, EFI_DEVICE_ERROR), 0);
	assert_int_equal(tpm.calls, 0);
	stub.efi.tcg = NULL;
	efi_measure(&stub.efi, &stub.draft.info, MEASURED_OPTIONS, "x", 1);
	assert_int_equal(stub.draft.info.flags, 0);
	assert_int_equal(tpm.calls, 0);
}

static uint32_t log_format;		/* the one that it has */
static const uint32_t log_entry[16] = { [1] = 3, [7] = 32 };

static efi_status_t get_event_log(struct efi_tcg2 *self, uint32_t format, uint64_t *log,
				  uint64_t *last, bool *truncated)
{
	assert_ptr_equal(self, &tpm.tcg);
	assert_true(format == EFI_TCG2_LOG_1_2 || format == EFI_TCG2_LOG_2);
	*log = *last = (uint64_t)log_entry;
	*truncated = format == EFI_TCG2_LOG_1_2;
	return format == log_format ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

/* The log in either format, or in none. */
static void test_log(void **state)
{
	const struct boot_module *m = &stub.draft.module[DRAFT_LOG];

	(void)state;
	for (log_format = 0; log_format <= EFI_TCG2_LOG_2; log_format++) {
		memset(&stub, 0, sizeof(stub));
		tpm.tcg.get_event_log = get_event_log;
		stub.efi.tcg = &tpm.tcg;
		efi_find_log(&stub.efi, &stub.draft);
		assert_int_equal(m->kind, log_format ? BOOT_MODULE_TPM_LOG : 0);
		assert_int_equal(m->detail, log_format);
		assert_int_equal(stub.draft.info.flags, log_format == EFI_TCG2_LOG_1_2 ?
							BOOT_TPM_LOG_SHORT : 0);
	}
}

/* Nothing of the log is read unless all that may be read is mapped. */
static void test_log_ends(void **state)
{
	const struct boot_module *m = &stub.draft.module[DRAFT_LOG];

	(void)state;
	log_format = EFI_TCG2_LOG_1_2;
	fake_cpu.top = UINT64_MAX;
	for (uint32_t mapped = TPM_LOG_READ + 1; mapped >= TPM_LOG_READ - 1; mapped--) {
		memset(&stub, 0, sizeof(stub));
		tpm.tcg.get_event_log = get_event_log;
		stub.efi.tcg = &tpm.tcg;
		fake_cpu.unmapped = (struct boot_range){ (uint64_t)log_entry + mapped, PAGE_SIZE };
		efi_find_log(&stub.efi, &stub.draft);
		assert_int_equal(m->mem.size, mapped < TPM_LOG_READ ? 0 : 32 + 32);
	}
	fake_cpu.unmapped = (struct boot_range){ 0 };
	fake_cpu.top = 0;
}

/* Without an RNG the device tree's seeds count, as long as they are, and only once. */
static void test_tree(void **state)
{
	size_t size;
	void *tree = dtc("/ { chosen { kaslr-seed = <1 2>; rng-seed = [03 04 05]; }; };", &size);
	struct fdt_value v;
	struct fdt f;

	(void)state;
	for (uint32_t round = 0; round < 2; round++) {
		memset(&stub, 0, sizeof(stub));
		stub.draft.module[DRAFT_TREE].mem = (struct boot_range){ (uint64_t)tree, size };
		efi_find_entropy(&stub.efi, &stub.draft);
		assert_int_equal(stub.draft.have_entropy, !round);
		assert_int_equal(stub.draft.info.seed_len, round ? 0 : 8 + 3);
		assert_int_equal(fdt_open(&f, tree, size), OK);
		assert_true(fdt_property(&f, "/chosen", "rng-seed", &v));
		assert_memory_equal(v.data, "\0\0\0", 3);
	}
	free(tree);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secure_boot), cmocka_unit_test(test_options),
		cmocka_unit_test(test_earlycon),
		cmocka_unit_test(test_linux), cmocka_unit_test(test_measure),
		cmocka_unit_test(test_no_tpm), cmocka_unit_test(test_tree),
		cmocka_unit_test(test_log), cmocka_unit_test(test_log_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
