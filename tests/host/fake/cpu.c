/* SPDX-License-Identifier: MIT */
/* cpu.c - see cpu.h. The page tables are a real CPU's: arch/<isa>/boot/pgtable.c is linked. */
#include "tests/host/fake/cpu.h"
#include <string.h>

#define R_RELATIVE	8
#define CPU_HZ		1000000
#define U16550_LSR	5
#define U16550_SCR	7
#define LSR_READY	0x60

struct fake_cpu fake_cpu;
const char arch_name[] = "fake";
const char arch_mode_name[] = "CPL";
const char arch_default_path[] = "\\EFI\\BOOT\\BOOTX64.EFI";
const uint32_t arch_rela_relative = R_RELATIVE;
const char arch_found[BOOT_FOUND][8] = { "" };

void fake_cpu_reset(void)
{
	memset(&fake_cpu, 0, sizeof(fake_cpu));
	fake_cpu.has_random = true;
}

/* ---- instructions ---- */

uint64_t arch_counter(void)
{
	return ++fake_cpu.counter;
}

bool arch_random(uint64_t *out)
{
	*out = fake_cpu.stuck ? UINT64_MAX : 0x9e3779b97f4a7c15ull * arch_counter();
	return fake_cpu.has_random;
}

void arch_halt(void)
{
	longjmp(fake_cpu.out, END_HALTED);
}

void arch_irq_off(void)
{
	fake_cpu.irq_off = true;
}

/* A whole image is moved: what lies between its objects is the sanitizer's, and moved too. */
__attribute__((no_sanitize("address"))) void arch_copy(void *dst, const void *src, uint64_t words)
{
	uint64_t *to = dst;
	const uint64_t *from = src;

	while (words--)
		*to++ = *from++;
}

__attribute__((no_sanitize("address"))) void arch_fill(void *dst, uint64_t value, uint64_t words)
{
	uint64_t *to = dst;

	while (words--)
		*to++ = value;
}

/* COM1 is a 16550 that is always ready. */
uint8_t arch_port_in8(uint16_t port)
{
	if (fake_cpu.no_port)
		return 0xff;
	switch (port - FAKE_COM1) {
	case U16550_LSR:	return LSR_READY;
	case U16550_SCR:	return fake_cpu.scratch;
	default:		return 0xff;
	}
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	static uint8_t lcr;

	if (port == FAKE_COM1 + U16550_SCR)
		fake_cpu.scratch = value;
	if (port == FAKE_COM1 + 3)
		lcr = value;
	if (port != FAKE_COM1 || lcr & 0x80 || fake_cpu.serial_len >= CPU_SERIAL - 1)
		return;
	fake_cpu.serial[fake_cpu.serial_len++] = (char)value;
	fake_cpu.serial[fake_cpu.serial_len] = 0;
}

void arch_port_out16(uint16_t port, uint16_t value)
{
	(void)port;
	(void)value;
}

void arch_cpu_state(struct boot_info *out)
{
	out->cpu_flags = fake_cpu.levels == 5 ? BOOT_CPU_LA57 : 0;
	out->counter_hz = CPU_HZ;
}

void arch_default_uart(struct boot_uart *out)
{
	if (fake_cpu.no_uart) {
		*out = (struct boot_uart){ .type = BOOT_UART_NONE };
		return;
	}
	*out = (struct boot_uart){
		.base = FAKE_COM1, .type = BOOT_UART_16550, .is_port = 1, .reg_width = 1,
		.source = BOOT_UART_FROM_DEFAULT,
	};
}

const char *arch_cpu_lacks(void)
{
	return fake_cpu.lacks;
}

/* The host's memory; what is `unmapped` stops a real machine. */
bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	(void)device;
	*piece = (struct boot_range){ ALIGN_DOWN(at, PAGE_SIZE), PAGE_SIZE };
	return at - fake_cpu.unmapped.base >= fake_cpu.unmapped.size;
}

/* ---- caches ---- */

void arch_clean(uint64_t base, uint64_t size)
{
	if (fake_cpu.cleans < CPU_CLEANS)
		fake_cpu.clean[fake_cpu.cleans] = (struct boot_range){ base, size };
	fake_cpu.cleans++;
}

void arch_clean_code(void)
{
	fake_cpu.code_cleans++;
}

bool arch_cold(void)
{
	return fake_cpu.cold;
}

/* ---- the switch ---- */

void arch_map_format(struct arch_map *m, bool live)
{
	(void)live;
	m->levels = fake_cpu.levels ? fake_cpu.levels : 4;
	m->flags = fake_cpu.no_gib ? 0 : ARCH_MAP_GIB;
}

uint64_t arch_map_root(void)
{
	return fake_cpu.plan.root;
}

void arch_map_ordered(void)
{
}

bool arch_level(bool drop)
{
	return !drop;
}

bool arch_regime_ok(enum boot_regime r)
{
	return r != BOOT_MMU_OFF || fake_cpu.has_off;
}

void arch_space(struct arch_space *out)
{
	out->direct_map = fake_cpu.levels == 5 ? 0xff00000000000000ull : 0xffff800000000000ull;
	out->image = 0xffffff8000000000ull;
	out->image_slots = CPU_GUARD_SLOTS;
}

void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt)
{
	plan->root = root;
	plan->vectors = virt;
	plan->ctl[0] = r;
	plan->ctl[1] = plan->ctl[2] = plan->ctl[3] = 0;
}

void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack)
{
	fake_cpu.trap_copy = copy;
	fake_cpu.trap_virt = virt;
	fake_cpu.trap_stack = stack;
}

void arch_jump(const struct jump_plan *plan)
{
	fake_cpu.plan = *plan;
	longjmp(fake_cpu.out, END_JUMPED);
}

void arch_trap_install(uint64_t stack, bool full)
{
	(void)stack;
	fake_cpu.traps = !full;
}
