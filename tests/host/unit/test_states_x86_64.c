/* SPDX-License-Identifier: MIT */
/*
 * test_states_x86_64.c - what firmware or an earlier kernel may have left on in CR4 and DR7, and
 * what is off at the first instruction that it would break.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "lib/console/panic.h"
#include "arch/x86_64/boot/regs.h"

static struct {
	uint64_t cr0, cr2, cr3, cr4, dr7;
} reg;
static bool loaded;

#undef cr_read
#undef cr_write
#define cr_read(name)		reg.name
#define cr_write(name, value)	(reg.name = (value), checked(#name))

static void checked(const char *name);

/* The host has models of these */
#define arch_level		own_level
#define arch_regime_ok		own_regime_ok
#define arch_space(out)		own_space(out)
#define arch_map_format		own_map_format
#define arch_map_ordered	own_map_ordered
#define arch_map_root		own_map_root
#define arch_map_enable		own_map_enable
#define arch_map_flush		own_map_flush
#define arch_plan		own_plan
#define arch_trap_prepare	own_trap_prepare
#define arch_trap_install	own_trap_install
#define panic_trap(t)		((void)(t), abort())
#define desc_load		desc_load_checked
#define desc_gates		desc_gates_fake
#define cpu_id			cpu_id_fake
#include "arch/x86_64/boot/exception.c"
#include "arch/x86_64/boot/trap.c"
#include "arch/x86_64/boot/live.c"
#include "arch/x86_64/boot/plan.c"

/* SDM 3A 2.5, spelled out */
#define LEFT_CET	(1ull << 23)
#define LEFT_PKS	(1ull << 24)
#define LEFT_PCIDE	(1ull << 17)
#define LEFT_PGE	(1ull << 7)
#define KEPT		(1ull << 5 | 1ull << 6 | 1ull << 12)	/* PAE, MCE, LA57 */

static void checked(const char *name)
{
	if (strcmp(name, "cr3"))
		return;
	/* our tables have no shadow stack pages, and PKS would look for keys in their entries */
	assert_false(reg.cr4 & (LEFT_CET | LEFT_PKS | LEFT_PCIDE | LEFT_PGE));
}

struct cpu_id cpu_id_fake(uint32_t leaf, uint32_t subleaf)
{
	(void)leaf, (void)subleaf;
	return (struct cpu_id){ 0 };
}

struct desc_tables desc_tables;

void desc_gates_fake(struct desc_tables *t, uint64_t virt)
{
	(void)t, (void)virt;
}

/* It ends with a far return, which a shadow stack makes a fault (SDM 1 18.2.3). */
void desc_load_checked(struct desc_tables *t)
{
	(void)t;
	assert_false(reg.cr4 & LEFT_CET);
	assert_false(reg.dr7 & 0xff);
	loaded = true;
}

static void test_trap_install(void **state)
{
	(void)state;
	reg.cr4 = KEPT | LEFT_CET | LEFT_PGE | LEFT_PCIDE;
	reg.dr7 = 0x455;			/* L0, G1, L2, G3: all four can be armed */
	arch_trap_install(0);
	assert_true(loaded);
	assert_int_equal(reg.cr4, KEPT | LEFT_PGE | LEFT_PCIDE);	/* firmware's tables stay */
}

static void test_map_enable(void **state)
{
	(void)state;
	reg.cr4 = KEPT | LEFT_CET | LEFT_PKS | LEFT_PGE | LEFT_PCIDE;
	arch_map_enable(0x1000);
	assert_true(reg.cr3 == 0x1000 && reg.cr4 == KEPT);
}

/* What arch_jump writes leaves no later feature on: a kernel may not know it. */
static void test_plan(void **state)
{
	struct jump_plan plan = { 0 };

	(void)state;
	reg.cr4 = UINT64_MAX;
	arch_plan(&plan, BOOT_MMU_MAPPED, 0x1000, 0x200000);
	assert_int_equal(plan.vectors - 0x200000, image_offset(&desc_tables));
	assert_int_not_equal(image_offset(&desc_tables), 0);
	assert_int_equal(plan.ctl[0], 0x80010033);	/* PG WP NE ET MP PE */
	assert_int_equal(plan.ctl[1], 0x1620);		/* LA57 OSXMMEXCPT OSFXSR PAE */
	assert_int_equal(plan.ctl[2], 0xd00);		/* NXE LMA LME */
	assert_int_equal(plan.ctl[3], 0x0007010600070106);	/* include/stubborn/README.md */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trap_install), cmocka_unit_test(test_map_enable),
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
