/* SPDX-License-Identifier: MIT */
/*
 * count.c - QEMU TCG plugin: counts instructions from one of our entry points to kernel_entry.
 *
 * Runs inside QEMU on the host. Every guest instruction executed counts as `total`; one in our
 * image, as firmware loaded it, also counts at its offset in the image. The image is recognised,
 * wherever it runs, by the bytes at the first entry point that is executed.
 * A `rep` string instruction counts once per iteration, and once more when it finds its
 * count exhausted, as with -icount: TCG executes it as a loop.
 *
 * arguments: entry=OFFSET:HEXBYTES (up to 8) kernel=OFFSET:HEXBYTES size=IMAGE_SIZE out=FILE
 *            watch=ADDRESS: also count calls of the code there; the file's last number
 */
#include <string.h>
#include "plugin.h"

static struct place entry[ENTRIES], kernel;
static size_t entries;
static uint64_t image_size, image_base;
static bool image_seen;
static uint64_t *hits;		/* one counter per byte of the image */
static uint64_t total, total_at_entry;
static uint64_t watched, watches, watches_at_entry;	/* where, and how often */
static const char *out_path;

static void at_entry(unsigned int cpu, void *udata)
{
	(void)cpu, (void)udata;
	total_at_entry = total;
	watches_at_entry = watches;
	memset(hits, 0, image_size * sizeof(*hits));
}

static void at_kernel(unsigned int cpu, void *udata)
{
	FILE *f = fopen(out_path, "w");
	uint64_t own = 0;

	(void)cpu, (void)udata;
	if (!f)
		return;
	for (uint64_t i = 0; i < image_size; i++)
		own += hits[i];
	fprintf(f, "own %" PRIu64 "\ntotal %" PRIu64 "\n", own, total - total_at_entry);
	for (uint64_t i = 0; i < image_size; i++)
		if (hits[i])
			fprintf(f, "%" PRIx64 " %" PRIu64 "\n", i, hits[i]);
	if (watched)
		fprintf(f, "watched %" PRIu64 "\n", watches - watches_at_entry);
	fclose(f);
}

static const struct place *which_entry(const struct qemu_plugin_insn *insn)
{
	for (size_t i = 0; i < entries; i++)
		if (is_place(&entry[i], insn))
			return &entry[i];
	return NULL;
}

static void executed(unsigned int cpu, void *counter)
{
	(void)cpu;
	++*(uint64_t *)counter;
}

static void count(struct qemu_plugin_insn *insn, uint64_t *counter)
{
	if (qemu_plugin_register_vcpu_insn_exec_inline)
		qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, counter, 1);
	else
		qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, CB_NO_REGS, counter);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);

		const struct place *seen = image_seen ? NULL : which_entry(insn);

		if (seen) {
			image_base = address - seen->offset;
			image_seen = true;
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_entry, CB_NO_REGS, NULL);
		} else if (image_seen && is_place(&kernel, insn)) {
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_kernel, CB_NO_REGS, NULL);
		}
		count(insn, &total);
		if (watched && address == watched)
			count(insn, &watches);
		if (image_seen && address - image_base < image_size)
			count(insn, &hits[address - image_base]);
	}
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	bool ok = true;

	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "entry=", 6) == 0)
			ok &= entries < ENTRIES && place_parse(argv[i] + 6, &entry[entries++]);
		else if (strncmp(argv[i], "kernel=", 7) == 0)
			ok &= place_parse(argv[i] + 7, &kernel);
		else if (strncmp(argv[i], "size=", 5) == 0)
			image_size = strtoull(argv[i] + 5, NULL, 0);
		else if (strncmp(argv[i], "watch=", 6) == 0)
			watched = strtoull(argv[i] + 6, NULL, 0);
		else if (strncmp(argv[i], "out=", 4) == 0)
			out_path = strdup(argv[i] + 4);
	}
	hits = image_size ? calloc(image_size, sizeof(*hits)) : NULL;
	if (!ok || !hits || !out_path || !entries || !kernel.count) {
		fprintf(stderr, "count: bad arguments\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
