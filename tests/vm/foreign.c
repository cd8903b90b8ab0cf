/* SPDX-License-Identifier: MIT */
/*
 * foreign.c - another kernel, with things that ordinary kernels contain and ours does not.
 *
 * Compiled with BSS and DATA, the sizes of its largest variables in bytes. Prints its findings.
 */
#include "include/stubborn/kernel.h"
#include "lib/console/console.h"

#ifndef BSS
#define BSS	4096
#define DATA	4096
#endif

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants),
	.flags = KERNEL_CONSTRUCTORS,
	.stack_size = 1 << 20,
	.name = "foreign",
};

static uint8_t large_bss[BSS];
static uint8_t large_data[DATA] = { [0] = 1, [DATA - 1] = 2 };

/* Sections named like C identifiers: the linker defines their start and end symbols. */
#define ENTRY(n) \
	static const uint32_t entry_##n __attribute__((section("entries"), used)) = n
ENTRY(3);
ENTRY(4);
ENTRY(5);
extern const uint32_t __start_entries[], __stop_entries[];
static uint32_t counter __attribute__((section("counters"), used)) = 41;
extern uint32_t __start_counters[], __stop_counters[];

static int order;
__attribute__((constructor(102))) static void second(void) { order = order * 10 + 2; }
__attribute__((constructor(101))) static void first(void) { order = order * 10 + 1; }
__attribute__((constructor)) static void last(void) { order = order * 10 + 3; }

extern int absent(void) __attribute__((weak));
int other(int n);				/* in foreign_other.c, called through a pointer */
int (*volatile through)(int n) = other;

/* A name that the stub has too. */
void panic(const char *text)
{
	console_print("foreign: panic is mine: %s\n", text);
}

static uint32_t sum(const uint8_t *p, uint64_t size)
{
	uint32_t n = 0;

	for (uint64_t i = 0; i < size; i++)
		n += p[i];
	return n;
}

void kernel_main(struct boot_info *bi)
{
	uint8_t deep[512 * 1024];
	uint32_t entries = 0;

	console_serial(&bi->uart, bi->direct_map);
	console_print("foreign: hello from mine, regime %u\n", bi->regime);
	for (const uint32_t *e = __start_entries; e < __stop_entries; e++)
		entries += *e;
	console_print("foreign: constructors %d, entries %u, counters %u of %u\n", order, entries,
		      ++counter, (uint32_t)(__stop_counters - __start_counters));
	console_print("foreign: bss %u, data %u\n", sum(large_bss, BSS), sum(large_data, DATA));
	large_bss[BSS - 1] = large_data[DATA / 2] = 7;
	console_print("foreign: written %u, %u\n", sum(large_bss, BSS), sum(large_data, DATA));
	for (uint32_t i = 0; i < sizeof(deep); i++)
		((volatile uint8_t *)deep)[i] = 1;
	console_print("foreign: stack %u, other %d, absent %d\n", sum(deep, sizeof(deep)),
		      through(20), absent ? absent() : 0);
	panic("called");
	console_print("foreign: done\n");
	for (;;)
		;
}
