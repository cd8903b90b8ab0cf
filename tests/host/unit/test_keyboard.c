/* SPDX-License-Identifier: MIT */
/*
 * test_keyboard.c - an 8042 and its keyboard, played by the test: found where they are, done
 * without where a part of them does not answer, and the time for that has an end.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "kernel/dev/input.h"
#include "kernel/dev/keyboard.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"
#include "lib/acpi.h"

enum { WELL, ABSENT, DEAF, MUTE, BROKEN, ALONE, ENDLESS, NO_TRANSLATION };

static struct {
	int kind;
	uint8_t out[16], config;
	uint32_t bytes, reads;
	bool config_follows, on;
} pc;

static void answer(uint8_t byte)
{
	if (pc.kind != MUTE && pc.bytes < sizeof(pc.out))
		pc.out[pc.bytes++] = byte;
}

uint8_t arch_port_in8(uint16_t port)
{
	uint8_t byte = pc.out[0];

	pc.reads++;
	if (pc.kind == ABSENT)
		return 0xff;
	if (port == 0x64)
		return (pc.bytes || pc.kind == ENDLESS) | (pc.kind == DEAF ? 2 : 0);
	if (port != 0x60)
		return 0;
	assert_true(pc.bytes || pc.kind == ENDLESS);	/* or it would be an old byte again */
	if (!pc.bytes)
		return 0;
	memmove(pc.out, pc.out + 1, --pc.bytes);
	return byte;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	if (port == 0x64 && value == 0x20)
		answer(pc.config);
	else if (port == 0x64 && value == 0xaa)
		answer(pc.kind == BROKEN ? 0xfc : 0x55);
	else if (port == 0x64 && value == 0xae)
		pc.on = true;
	if (port == 0x60 && pc.config_follows)
		pc.config = pc.kind == NO_TRANSLATION ? value & ~0x40 : value;
	else if (port == 0x60 && pc.on && pc.kind != ALONE)
		answer(value == 0xee ? 0xee : 0xfa);
	pc.config_follows = port == 0x64 && value == 0x60;
}

/* In place of the kernel's own: what was typed. */
static char typed[64];
static input_fn *poll;

const struct input_device *input_add(const char *name, input_fn *fn, uint32_t irq)
{
	static struct input_device device;

	device = (struct input_device){ name, fn, irq };
	poll = fn;
	return &device;
}

void input_try(const struct input_device *d, uint64_t ns)
{
	(void)ns;
	d->poll();
}

void input_put(uint8_t byte)
{
	typed[strlen(typed)] = (char)byte;
}

uint32_t irq_of_isa(uint32_t isa)
{
	assert_int_equal(isa, 1);
	return 0;
}

uint64_t clock_now(void)
{
	return 10 * NS_PER_S;		/* stands still */
}

static struct {
	struct acpi_fadt fadt;
	bool there;
} firmware;

static const struct acpi_header *table_of(void *cookie, uint32_t signature)
{
	(void)cookie;
	return firmware.there && signature == ACPI_SIGNATURE('F', 'A', 'C', 'P') ?
		&firmware.fadt.header : NULL;
}

static const char *start(int kind)
{
	const struct machine m = { .table = table_of };

	memset(&pc, 0, sizeof(pc));
	memset(typed, 0, sizeof(typed));
	poll = NULL;
	pc.kind = kind;
	pc.config = 0x30;
	answer(0x1e);				/* a key that firmware has not taken */
	return keyboard_start(&m);
}

static void expect_typed(const char *want)
{
	poll();
	assert_string_equal(typed, want);
}

static void test_well(void **state)
{
	(void)state;
	assert_null(start(WELL));
	assert_true((pc.config & 0x73) == 0x61);	/* translated; interrupts of one port */
	expect_typed("");
	answer(0x1e);
	answer(0xe0);
	answer(0x48);
	expect_typed("a\x1b[A");
}

static void test_not_translated(void **state)
{
	(void)state;
	assert_null(start(NO_TRANSLATION));
	answer(0x1c);
	answer(0xf0);
	answer(0x1c);
	expect_typed("a");
}

static void test_without(void **state)
{
	static const struct { int kind; const char *why; } c[] = {
		{ ABSENT, "no controller" }, { DEAF, "the controller takes no commands" },
		{ MUTE, "the controller does not answer" },
		{ BROKEN, "the controller's self-test failed" }, { ALONE, "no keyboard answers" },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(c); i++) {
		const char *why = start(c[i].kind);

		assert_non_null(why);
		assert_string_equal(why, c[i].why);
		assert_null(poll);
		assert_true(pc.reads < 3000000);
	}
}

/* It always says that a byte waits. */
static void test_endless(void **state)
{
	(void)state;
	start(ENDLESS);
	assert_true(pc.reads < 10000);
}

/* IAPC_BOOT_ARCH is believed where it means something. */
static void test_fadt(void **state)
{
	(void)state;
	firmware.there = true;
	firmware.fadt.header.length = sizeof(firmware.fadt);
	firmware.fadt.header.revision = 6;
	assert_string_equal(start(WELL), "firmware says there is no controller");
	assert_int_equal(pc.reads, 0);
	firmware.fadt.boot_flags_x86 = 2;
	assert_null(start(WELL));
	firmware.fadt.boot_flags_x86 = 0;
	firmware.fadt.header.revision = 3;	/* the last in which a zero means nothing */
	assert_null(start(WELL));
	firmware.fadt.header.revision = 4;
	assert_non_null(start(WELL));
	firmware.fadt.header.revision = 6;
	firmware.fadt.header.length = 100;
	assert_null(start(WELL));
	firmware.there = false;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_not_translated),
		cmocka_unit_test(test_without),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_fadt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
