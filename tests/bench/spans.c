/* SPDX-License-Identifier: MIT */
/*
 * spans.c - QEMU TCG plugin: counts the instructions that a running kernel of ours spends between
 * marked places.
 *
 * Runs inside QEMU on the host. As in count.c, the image is recognised by the bytes at its entry
 * points, wherever it runs, and again after it has moved. Only its own instructions count. A span
 * counts those of one CPU; span 0 those of all CPUs, and how often each was executed.
 *
 * arguments: entry=OFFSET:HEXBYTES (up to 8) size=IMAGE_SIZE out=FILE
 *            mark=OFFSET:HOW:SPAN, HOW being: + begin here; - end before, = after this instruction;
 *            p pause, r go on, both before it; x write the file. A span with
 *            a mark p only counts if it came there
 *            touch=FILE: the test writes an address and a size to it; then "touch" in the output is
 *            the number of loads and stores of up to 8 bytes there while span 0 was open
 * The file: "span N" and its count each time, or for span 0 the sum; "hits", offsets and counts.
 * If a span begins again before its end, its first beginning does not count.
 */
#include <string.h>
#include "plugin.h"

#define BASES		16
#define SPANS		8
#define CPUS		64
#define VALUES		4096

struct mark {
	struct mark *next;
	uint64_t offset;
	char how;
	unsigned span;
};

static struct place entry[ENTRIES];
static size_t entries, bases;
static uint64_t image_size, base[BASES];
static uint64_t *hits;			/* one counter per byte of the image */
static struct mark **marks;		/* by byte of the image */
static bool open;			/* span 0 */
static struct {
	bool on, paused, counts;	/* counts: has come to its mark p, or has none */
	uint64_t count;
} state[SPANS][CPUS];
static bool pauses[SPANS];		/* has a mark p */
static uint64_t value[SPANS][VALUES], sum;
static size_t values[SPANS];
static const char *out_path, *touch_path;
static uint64_t touch_base, touch_size, touches[2];	/* loads, stores */

static void write_out(void)
{
	char name[256];
	FILE *f;

	snprintf(name, sizeof(name), "%s.new", out_path);
	f = fopen(name, "w");
	if (!f)
		return;
	fprintf(f, "span 0 %" PRIu64 "\n", sum);
	for (unsigned s = 1; s < SPANS; s++) {
		fprintf(f, "span %u", s);
		for (size_t i = 0; i < values[s]; i++)
			fprintf(f, " %" PRIu64, value[s][i]);
		fprintf(f, "\n");
	}
	if (touch_path)
		fprintf(f, "touch %" PRIu64 " %" PRIu64 "\n", touches[0], touches[1]);
	fprintf(f, "hits");
	for (uint64_t i = 0; i < image_size; i++)
		if (hits[i])
			fprintf(f, " %" PRIx64 " %" PRIu64, i, hits[i]);
	fprintf(f, "\n");
	fclose(f);
	rename(name, out_path);		/* so that a reader finds the whole file */
}

static void touch_read(void)
{
	FILE *f = touch_path ? fopen(touch_path, "r") : NULL;

	if (f && fscanf(f, "%" SCNi64 " %" SCNi64, &touch_base, &touch_size) != 2)
		touch_size = 0;
	if (f)
		fclose(f);
}

static void touched(unsigned int cpu, uint32_t info, uint64_t address, void *udata)
{
	const unsigned shift = qemu_plugin_mem_size_shift(info);

	(void)cpu, (void)udata;
	if (open && address - touch_base < touch_size)
		touches[qemu_plugin_mem_is_store(info)] += shift > 3 ? 1u << (shift - 3) : 1;
}

static void mark_reached(const struct mark *m, unsigned cpu)
{
	const unsigned s = m->span;

	switch (m->how) {
	case '+':
		state[s][cpu].on = true;
		state[s][cpu].paused = false;
		state[s][cpu].counts = !pauses[s];
		state[s][cpu].count = 0;
		if (!s) {
			open = true;
			touch_read();
		}
		break;
	case 'p':
		state[s][cpu].paused = state[s][cpu].counts = true;
		break;
	case 'r':
		state[s][cpu].paused = false;
		break;
	case 'x':
		write_out();
		break;
	default:
		if (!s)
			open = false;
		if (s && state[s][cpu].on && state[s][cpu].counts && values[s] < VALUES)
			value[s][values[s]++] = state[s][cpu].count;
		state[s][cpu].on = false;
	}
}

static void executed(unsigned int cpu, void *udata)
{
	const uint64_t offset = (uintptr_t)udata;

	cpu %= CPUS;
	for (const struct mark *m = marks[offset]; m; m = m->next)
		if (m->how == '-')		/* one call may follow the other */
			mark_reached(m, cpu);
	for (const struct mark *m = marks[offset]; m; m = m->next)
		if (!strchr("-=", m->how))
			mark_reached(m, cpu);
	if (open) {
		hits[offset]++;
		sum++;
	}
	for (unsigned s = 1; s < SPANS; s++)
		state[s][cpu].count += state[s][cpu].on && !state[s][cpu].paused;
	for (const struct mark *m = marks[offset]; m; m = m->next)
		if (m->how == '=')
			mark_reached(m, cpu);
}

static bool image_has(uint64_t address, uint64_t *offset)
{
	for (size_t i = bases; i--;)
		if (address - base[i] < image_size) {
			*offset = address - base[i];
			return true;
		}
	return false;
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const uint64_t address = qemu_plugin_insn_vaddr(insn);
		uint64_t offset;

		for (size_t e = 0; e < entries && bases < BASES; e++)
			if (is_place(&entry[e], insn) && !(image_has(address, &offset) &&
							   offset == entry[e].offset))
				base[bases++] = address - entry[e].offset;
		if (image_has(address, &offset))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, CB_NO_REGS,
							       (void *)(uintptr_t)offset);
		if (touch_path && image_has(address, &offset))
			qemu_plugin_register_vcpu_mem_cb(insn, touched, CB_NO_REGS, MEM_RW, NULL);
	}
}

static bool mark_parse(const char *text)
{
	struct mark *m = calloc(1, sizeof(*m));

	if (!m || !marks || sscanf(text, "%" SCNi64 ":%c:%u", &m->offset, &m->how, &m->span) != 3 ||
	    m->offset >= image_size || m->span >= SPANS || !strchr("+-=prx", m->how))
		return false;
	pauses[m->span] |= m->how == 'p';
	m->next = marks[m->offset];
	marks[m->offset] = m;
	return true;
}

static void ended(plugin_id id, void *udata)
{
	(void)id, (void)udata;
	write_out();
}

/* size= comes before the marks. */
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
	bool ok = true;

	(void)info;
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "entry=", 6) == 0) {
			ok &= entries < ENTRIES && place_parse(argv[i] + 6, &entry[entries++]);
		} else if (strncmp(argv[i], "size=", 5) == 0) {
			image_size = strtoull(argv[i] + 5, NULL, 0);
			hits = calloc(image_size, sizeof(*hits));
			marks = calloc(image_size, sizeof(*marks));
		} else if (strncmp(argv[i], "mark=", 5) == 0) {
			ok &= mark_parse(argv[i] + 5);
		} else if (strncmp(argv[i], "out=", 4) == 0) {
			out_path = strdup(argv[i] + 4);
		} else if (strncmp(argv[i], "touch=", 6) == 0) {
			touch_path = strdup(argv[i] + 6);
		}
	}
	if (!ok || !hits || !marks || !out_path || !entries) {
		fprintf(stderr, "spans: bad arguments\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
