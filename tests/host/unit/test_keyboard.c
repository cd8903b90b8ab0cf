/* SPDX-License-Identifier: MIT */
/*
 * test_keyboard.c - an 8042 and its keyboard, played by the test: they are found if they work, and
 * given up in limited time if a part of them does not answer.
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
	uint8_t out[16], config, sent[16];
	uint32_t bytes, reads, writes, takes;	/* takes: as many writes, if it is not 0 */
	bool config_follows, on, mouse;
	uint64_t now, step;		/* the clock, and what it advances when it is read */
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
		return (pc.bytes || pc.kind == ENDLESS) | (pc.mouse ? 0x20 : 0) |
		       (pc.kind == DEAF || (pc.takes && pc.writes == pc.takes) ? 2 : 0);
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
	pc.sent[pc.writes++ % sizeof(pc.sent)] = value;
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

/* Replaces the kernel's input: what was typed. */
static char typed[64];
static input_fn *poll;
static bool no_room;

const struct input_device *input_add(const char *name, input_fn *fn, uint32_t irq)
{
	static struct input_device device;

	device = (struct input_device){ name, fn, irq, 0 };
	poll = fn;
	return no_room ? NULL : &device;
}

void input_try(const struct input_device *d, uint64_t ns)
{
	assert_int_equal(ns, 20 * NS_PER_MS);
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
	pc.now += pc.step;
	return pc.now;
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

/* `takes` writes, 0: all; the clock advances by `step` when it is read. */
static const char *start_with(int kind, uint32_t takes, uint64_t step)
{
	const struct machine m = { .table = table_of };

	memset(&pc, 0, sizeof(pc));
	pc.takes = takes;
	pc.step = step;
	pc.now = 10 * NS_PER_S;
	memset(typed, 0, sizeof(typed));
	poll = NULL;
	pc.kind = kind;
	pc.config = 0x30;
	answer(0x1e);				/* a key that firmware has not taken */
	return keyboard_start(&m);
}

static const char *start(int kind)
{
	return start_with(kind, 0, 0);
}

static void expect_typed(const char *want)
{
	poll();
	assert_string_equal(typed, want);
}

static void test_well(void **state)
{
	static const uint8_t sent[] = { 0xad, 0xa7, 0x20, 0xaa, 0x60, 0x61, 0x20, 0xae, 0xf4,
					0xee };

	(void)state;
	assert_null(start(WELL));
	assert_int_equal(pc.writes, sizeof(sent));
	assert_memory_equal(pc.sent, sent, sizeof(sent));
	assert_true((pc.config & 0x73) == 0x61);	/* translated; interrupts of one port */
	expect_typed("");
	answer(0x1e);
	answer(0xe0);
	answer(0x48);
	expect_typed("a\x1b[A");
	pc.mouse = true;			/* what a mouse sends is dropped */
	answer(0x1e);
	expect_typed("a\x1b[A");
	assert_int_equal(pc.bytes, 0);
	no_room = true;				/* for another device: it does not echo */
	assert_null(start(WELL));
	assert_int_equal(pc.writes, sizeof(sent) - 1);
	no_room = false;
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
	static const char deaf[] = "the controller takes no commands",
		mute[] = "the controller does not answer", alone[] = "no keyboard answers";
	static const struct {
		int kind;
		uint32_t takes, reads;		/* if the clock stands still: 500,000 per answer */
		uint32_t timed;			/* if it advances by 100 ms: 5 */
		const char *why;
	} c[] = {
		{ ABSENT, 0, 1, 1, "no controller" }, { DEAF, 0, 500001, 6, deaf },
		{ MUTE, 0, 500005, 10, mute },
		{ BROKEN, 0, 12, 12, "the controller's self-test failed" },
		{ ALONE, 0, 500019, 24, alone }, { WELL, 1, 500002, 7, deaf },
		{ WELL, 2, 500006, 11, mute }, { WELL, 3, 500009, 14, mute },
		{ WELL, 4, 500012, 17, mute }, { WELL, 5, 500013, 18, mute },
		{ WELL, 6, 500014, 19, mute }, { WELL, 7, 500017, 22, mute },
		{ WELL, 8, 500018, 23, "the controller takes no bytes" },
		{ WELL, 9, 500022, 27, NULL },	/* no echo */
	};

	(void)state;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(c); i++) {
		const uint32_t k = i / 2, reads = i % 2 ? c[k].timed : c[k].reads;
		const char *why = start_with(c[k].kind, c[k].takes, i % 2 ? 100 * NS_PER_MS : 0);

		assert_int_equal(pc.reads, reads);
		assert_true((poll == NULL) == (c[k].why != NULL));
		if (c[k].why)
			assert_string_equal(why, c[k].why);
		else
			assert_null(why);
	}
}

/* The controller always says that a byte waits: flush and two polls each read 64. */
static void test_endless(void **state)
{
	(void)state;
	assert_null(start(ENDLESS));
	assert_int_equal(pc.reads, 17 + 3 * 2 * 64);
}

/* IAPC_BOOT_ARCH counts only in revisions that define it. */
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
	firmware.fadt.header.length = 112;	/* the flags end before it */
	assert_non_null(start(WELL));
	firmware.fadt.header.length = 111;
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
