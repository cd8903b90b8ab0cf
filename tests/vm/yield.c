/* SPDX-License-Identifier: MIT */
/*
 * yield.c - a plugin for QEMU with a thread for each CPU, of which the host cannot run all at once:
 * a CPU that waits in a loop lets another thread run, instead of using up its time.
 */
#include <sched.h>
#include <string.h>
#include "tests/bench/plugin.h"

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

/* What arch_pause() of each CPU is: PAUSE; YIELD; pause of Zihintpause. */
static const struct {
	const char *code;
	size_t size;
} pauses[] = {
	{ "\xf3\x90", 2 }, { "\x3f\x20\x03\xd5", 4 }, { "\x0f\x00\x00\x01", 4 },
};

/* OpenSBI waits for other CPUs without such an instruction: it yields after TURNS code blocks. */
#define FIRMWARE	0x80000000	/* on QEMU's `virt`; not translated */
#define FIRMWARE_SIZE	0x80000
#define TURNS		512
#define CPUS		512

static bool riscv64;
static struct {
	_Alignas(64) uint32_t blocks;
} ran[CPUS];

static void firmware_runs(unsigned int cpu, void *data)
{
	(void)data;
	if (++ran[cpu % CPUS].blocks % TURNS == 0)
		sched_yield();
}

static void pause_runs(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	sched_yield();
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);

	(void)id;
	if (riscv64 && qemu_plugin_insn_vaddr(first) - FIRMWARE < FIRMWARE_SIZE)
		qemu_plugin_register_vcpu_insn_exec_cb(first, firmware_runs, CB_NO_REGS, NULL);
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const size_t size = qemu_plugin_insn_size(insn);
		const void *code = qemu_plugin_insn_haddr(insn);

		for (size_t k = 0; k < sizeof(pauses) / sizeof(*pauses); k++)
			if (code && size == pauses[k].size &&
			    !memcmp(code, pauses[k].code, size))
				qemu_plugin_register_vcpu_insn_exec_cb(insn, pause_runs,
								       CB_NO_REGS, NULL);
	}
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	const char *const *target = info;	/* its first member */

	riscv64 = !strcmp(*target, "riscv64");
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
