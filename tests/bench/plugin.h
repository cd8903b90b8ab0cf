/* SPDX-License-Identifier: MIT */
/*
 * plugin.h - what the plugins here share: the part of QEMU's plugin interface that they use, which
 * has no packaged header; and how a place in the image is specified and recognised.
 */
#ifndef PLUGIN_H
#define PLUGIN_H
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { CB_NO_REGS = 0, INLINE_ADD_U64 = 0, MEM_RW = 3 };
typedef void (*vcpu_udata_cb)(unsigned int cpu, void *udata);
typedef void (*vcpu_mem_cb)(unsigned int cpu, uint32_t info, uint64_t address, void *udata);
typedef void (*tb_trans_cb)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*udata_cb)(plugin_id id, void *udata);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb,
					    int flags, void *udata);
__attribute__((weak))		/* not in version 3 */
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr,
						uint64_t imm);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, vcpu_mem_cb cb, int flags,
				      int rw, void *udata);
bool qemu_plugin_mem_is_store(uint32_t info);
unsigned int qemu_plugin_mem_size_shift(uint32_t info);
void qemu_plugin_register_atexit_cb(plugin_id id, udata_cb cb, void *udata);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);

/* What QEMU looks for in a plugin. QEMU 7.2 knows only version 1, QEMU 10 none that old. */
__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default")))
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

static __attribute__((constructor)) void choose_version(void)
{
	if (!qemu_plugin_register_vcpu_insn_exec_inline)
		qemu_plugin_version = 3;
}

#define MATCH_MAX	64
#define ENTRIES		8

struct place {			/* an entry point: its link address and what lies there */
	uint64_t offset;
	uint8_t bytes[MATCH_MAX];
	size_t count;
};

/* Whether the instruction is at that place, wherever the image is. */
static bool is_place(const struct place *p, const struct qemu_plugin_insn *insn)
{
	const uint8_t *host = qemu_plugin_insn_haddr(insn);
	size_t same = 0;

	/*
	 * The image is page aligned wherever it runs, and in contiguous RAM. Other code may be at
	 * the end of its memory: unlike memcmp(), this reads nothing after the first difference.
	 */
	if (((qemu_plugin_insn_vaddr(insn) ^ p->offset) & 0xfff) || !host)
		return false;
	while (same < p->count && host[same] == p->bytes[same])
		same++;
	return same == p->count;
}

/* OFFSET:HEXBYTES, at least 8 of them. */
static bool place_parse(const char *text, struct place *p)
{
	char *end;

	p->offset = strtoull(text, &end, 0);
	if (*end++ != ':')
		return false;
	while (p->count < MATCH_MAX && sscanf(end, "%2hhx", &p->bytes[p->count]) == 1) {
		p->count++;
		end += 2;
	}
	return p->count >= 8 && !*end;
}
#endif
