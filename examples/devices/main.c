/* SPDX-License-Identifier: MIT */
/*
 * The next steps after hello: a 1 MiB stack, floating point, a timer interrupt, a second CPU. For
 * QEMU's boards; the CPUs' files say what a kernel for others has to read.
 */
#include "arch/boot.h"
#include "arch/map.h"
#include "lib/console/console.h"
#include "devices.h"

const struct kernel_wants kernel_wants = {
	.size = sizeof(kernel_wants), .name = "devices", .stack_size = MIB,
	.closed = KERNEL_CLOSES_MMU(BOOT_MMU_OFF) | KERNEL_CLOSES_MMU(BOOT_MMU_MAPPED),
};

#define FRAME		(64 * KIB)
#define TICKS		5
#define TIMEOUT		2000000000u	/* iterations */

static _Alignas(16) uint8_t second_stack[16 * KIB];
static _Alignas(4096) uint8_t tables[16][PAGE_SIZE];
static uint32_t tables_used;
static volatile uint32_t ticks, second_runs;

static _Noreturn void end(const char *why)
{
	console_print("devices: %s\n", why);
	arch_halt();
}

static uint64_t table_page(void *cookie)
{
	(void)cookie;
	return tables_used < ARRAY_SIZE(tables) ? (uint64_t)tables[tables_used++] : 0;
}

bool map_device(uint64_t page)
{
	struct arch_map map = { .page = table_page };

	arch_map_live(&map);
	if (arch_map(&map, page, page, PAGE_SIZE, ARCH_IO) != OK)
		return false;
	arch_map_flush();
	return true;
}

/* Fills `depth` stack frames below its own, and returns their sum. */
static __attribute__((noinline)) uint64_t deep(uint32_t depth)
{
	volatile uint8_t frame[FRAME];

	frame[0] = 1;
	return depth ? deep(depth - 1) + frame[0] : frame[0];
}

void timer_tick(void)
{
	ticks++;
}

_Noreturn void second_main(void)
{
	second_runs = 1;
	for (;;)
		wait_interrupt();
}

void kernel_main(struct boot_info *bi)
{
	console_serial(&bi->uart, bi->direct_map);
	const char *why = machine_start(bi);

	if (why)
		end(why);
	const uint64_t frames = bi->boot_stack.size / FRAME - 1;

	console_print("devices: %llu KiB of stack\n",
		      (unsigned long long)(deep((uint32_t)frames - 1) * FRAME / KIB));
	float_on();
	console_print("devices: pi^2/6 is about %llu millionths\n",
		      (unsigned long long)float_sum(100000));
	why = second_start(bi, second_stack + sizeof(second_stack));
	if (why)
		end(why);
	for (uint32_t n = 0; n < TIMEOUT && !second_runs; n++)
		;
	if (!second_runs)
		end("the second CPU does not start");
	console_print("devices: a second CPU runs\n");
	timer_start();
	while (ticks < TICKS)
		wait_interrupt();
	end("the timer ticks");
}
